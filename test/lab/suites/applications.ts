/** Applications from Git, a registry and a Helm repository: `npm run test:applications`, and a job of its own in CI. */
import "../begin";
import "../applications";
import "../registry";
import "../end";
