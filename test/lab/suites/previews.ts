/** Pull requests and the commands of the runbooks, in a lab of their own: `npm run test:previews`, and a job of its own in CI. */
import "../begin";
import "../pullRequests";
import "../previewers";
import "../hubPreviews";
import "../runbooks";
import "../secrets";
import "../end";
