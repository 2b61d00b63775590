/** Pull requests, the runbooks' commands and the doctor: `npm run test:previews`, a lab and a job of its own in CI. */
import "../begin";
import "../pullRequests";
import "../previewers";
import "../hubPreviews";
import "../runbooks";
import "../doctor";
import "../secrets";
import "../end";
