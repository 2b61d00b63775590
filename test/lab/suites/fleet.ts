/**
 * An environment in shards, from one stack and back: `npm run test:fleet`, and a job of its own in CI.
 */
import "../begin";
import "../fleet";
import "../secrets";
import "../end";
