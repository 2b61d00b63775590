/**
 * Rotation, credentials that end, and a spoke that trusts the hub's issuer of tokens: `npm run test:federation`, and a
 * job of its own in CI.
 */
import "../begin";
import "../rotation";
import "../boundTokens";
import "../federation";
import "../federatedImpersonation";
import "../secrets";
import "../end";
