/**
 * Runs of `pulumi` that are killed, what brings a stack back, and a cluster in quarantine: `npm run test:kills`, and a
 * job of its own in CI.
 */
import "../begin";
import "../kill";
import "../recovery";
import "../backup";
import "../quarantine";
import "../secrets";
import "../end";
