/**
 * An environment of ten clusters, and Argo CD's controller in shards: `npm run test:fleet`, and a job of its own in CI.
 */
import "../begin";
import "../fleet";
import "../secrets";
import "../end";
