/**
 * Other versions of Argo CD's chart, a hub that is made again, a hub that has an Argo CD already, and what its pods
 * need: `npm run test:hubs`, and a job of its own in CI.
 */
import "../begin";
import "../upgrade";
import "../reinstall";
import "../named";
import "../brownfield";
import "../pods";
import "../secrets";
import "../end";
