/**
 * An environment of ten clusters, and Argo CD's controller in shards: `npm run test:scale`, and a job of its own in CI.
 */
import "../begin";
import "../manyClusters";
import "../secrets";
import "../end";
