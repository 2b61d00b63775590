/** Releases in rings, with canaries, gates and a dead cluster: `npm run test:rings`, and a job of its own in CI. */
import "../begin";
import "../rings";
import "../secrets";
import "../end";
