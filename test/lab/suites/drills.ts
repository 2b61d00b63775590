/**
 * Outages and moves of users, with real Prometheus, Alertmanager, external-dns and CoreDNS, in a lab of their own:
 * `npm run test:drill`, and a job of its own in CI, since these parts take long to build.
 */
import "../begin";
import "../drill";
import "../failover";
import "../secrets";
import "../end";
