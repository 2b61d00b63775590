/** Certificates by cert-manager and secrets by External Secrets: `npm run test:addons`, and a job of its own in CI. */
import "../begin";
import "../certificates";
import "../externalSecrets";
import "../secrets";
import "../end";
