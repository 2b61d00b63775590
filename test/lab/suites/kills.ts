/** Runs of `pulumi` that are killed, in a lab of their own: `npm run test:kills`, and a job of its own in CI. */
import "../begin";
import "../kill";
import "../secrets";
import "../end";
