/** Commands that are ended at moments by chance: `npm run test:kills:random`, and a job of its own in CI. */
import "../begin";
import "../randomKills";
import "../secrets";
import "../end";
