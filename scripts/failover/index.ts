/**
 * Sends users to another cluster, when the one that they use has failed or is to be left:
 *
 *     npm run failover -- --to dr [--reason "…"] [--dry-run]      npm run failover -- --back
 *
 * It looks first whether the other cluster can take them, and refuses with the reason where it cannot. Then it changes
 * `hubspoke:traffic.active` in the hub's stack file, brings up the one record that follows from it, waits until the
 * name resolves to the new cluster, and records on the hub who did it, when and why. docs/failover.md says more.
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
            reason: { type: "string", default: "no reason was given" },
            "dry-run": { type: "boolean", default: false },
            automatic: { type: "boolean", default: false },
            stack: { type: "string", default: "hub" },
            resolver: { type: "string" },
            timeout: { type: "string", default: "10m" },
        },
    });
    const { to, back, automatic, stack, resolver, timeout } = values;
    const seconds = milliseconds(timeout) / 1000;
    // Back is a person's decision: whether the old cluster's data are whole again, no probe can tell.
    if ((to === undefined) !== back || seconds === 0 || (back && automatic)) {
        throw new Error(usage);
    }
    const dryRun = values["dry-run"];
    return { stack, to: to ?? { back: true }, why: values.reason, dryRun, automatic, resolver, seconds };
}

main((args) => failover(request(args)));
