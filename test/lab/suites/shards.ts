/**
 * An environment in shards, from one stack and back: `npm run test:shards`, and a job of its own in CI.
 */
import "../begin";
import "../shards";
import "../secrets";
import "../end";
