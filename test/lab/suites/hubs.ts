/**
 * Other versions of Argo CD's chart, a hub that is made again, and a hub that has an Argo CD already:
 * `npm run test:hubs`, and a job of its own in CI.
 */
import "../begin";
import "../upgrade";
import "../reinstall";
import "../brownfield";
import "../secrets";
import "../end";
