/**
 * Credentials that end, a spoke that trusts the hub's issuer of tokens, and rotation: `npm run test:federation`, and a
 * job of its own in CI.
 */
import "../begin";
import "../boundTokens";
import "../federation";
import "../federatedImpersonation";
import "../rotation";
import "../secrets";
import "../end";
