/** Releases on their way to the clusters, in a lab of their own after that of stacks.ts, and in the same manner. */
import "../begin";
import "../delivery";
import "../promotion";
import "../manifests";
import "../syncRules";
import "../secrets";
import "../end";
