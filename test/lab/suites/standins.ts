/**
 * How the lab gets its tools, and its stand-ins for Pulumi's official plugins: `npm run test:standins`, and a job of
 * its own in CI.
 */
import "../tools";
import "../begin";
import "../providerKubernetes";
import "../providerHelm";
import "../secrets";
import "../end";
