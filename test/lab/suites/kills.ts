/** Runs of `pulumi` that are killed, and a cluster in quarantine: `npm run test:kills`, and a job of its own in CI. */
import "../begin";
import "../kill";
import "../quarantine";
import "../secrets";
import "../end";
