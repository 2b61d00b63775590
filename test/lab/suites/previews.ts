/** Pull requests and the commands of the runbooks: `npm run test:previews`, a lab and a job of its own in CI. */
import "../begin";
import "../pullRequests";
import "../previewers";
import "../hubPreviews";
import "../runbooks";
import "../secrets";
import "../end";
