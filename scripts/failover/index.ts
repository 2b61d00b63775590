/**
 * Sends users to another cluster, if the one that they use has failed or for maintenance:
 *
 *     npm run failover -- --to dr [--reason "…"] [--dry-run]      npm run failover -- --back
 *
 * First it checks whether the other cluster can serve them; if not, it refuses with the reason. Then it changes
 * `hubspoke:traffic.active` in the hub's stack file, deploys the DNS record that depends on it, waits until the name
 * resolves to the new cluster, and records on the hub who moved users, when and why. See docs/failover.md.
 */
import { failover } from "./failover";
import { failoverRequest } from "./options";
import { main } from "../support/main";

main(module, (args) => failover(failoverRequest(args)));
