/**
 * Sends users to another cluster, if the one that they use has failed or for maintenance:
 *
 *     npm run failover -- --to dr [--reason "…"] [--dry-run]      npm run failover -- --back
 *
 * First it checks whether the other cluster can serve them; if not, it refuses with the reason. Then it changes
 * `hubspoke:traffic.active` in the hub's stack file, deploys the DNS record that depends on it, waits until the name
 * resolves to the new cluster, and records on the hub who moved users, when and why. See docs/failover.md.
 */
import { parseArgs } from "node:util";
import { failover, type Request } from "./failover";
import { milliseconds } from "../../settings/duration";
import { main } from "../support/main";

const usage =
    'usage: npm run failover -- --to CLUSTER | --back [--reason "…"] [--dry-run] [--automatic] ' +
    "[--stack hub] [--resolver ADDRESS:PORT] [--timeout 10m]";

function request(args: string[]): Request {
    const { values } = parseArgs({
        args,
        options: {
            to: { type: "string" },
            back: { type: "boolean", default: false },
            reason: { type: "string", default: "no reason given" },
            "dry-run": { type: "boolean", default: false },
            automatic: { type: "boolean", default: false },
            stack: { type: "string", default: "hub" },
            resolver: { type: "string" },
            timeout: { type: "string", default: "10m" },
        },
    });
    const { to, back, automatic, stack, resolver, timeout } = values;
    const seconds = milliseconds(timeout) / 1000;
    // Only a person decides to move back: no probe can tell whether the old cluster's data is complete again.
    if ((to === undefined) !== back || seconds === 0 || (back && automatic)) {
        throw new Error(usage);
    }
    const dryRun = values["dry-run"];
    return { stack, to: to ?? { back: true }, why: values.reason, dryRun, automatic, resolver, seconds };
}

main(module, (args) => failover(request(args)));
