import { milliseconds } from "../../settings/duration";
import type { Request } from "./failover";
import { InputError } from "../../settings/inputError";
import { parseOptions } from "../support/options";

const usage =
    'usage: npm run failover -- --to CLUSTER | --back [--reason "…"] [--dry-run] [--automatic] ' +
    "[--stack hub] [--resolver ADDRESS:PORT] [--timeout 10m]";

/**
 * Reads the command line.
 *
 * @throws InputError with the reason
 */
export function failoverRequest(args: string[]): Request {
    const { values } = parseOptions(
        {
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
        },
        usage,
    );
    const { to, back, automatic, stack, resolver, timeout } = values;
    const seconds = milliseconds(timeout) / 1000;
    // Only a person decides to move back: no probe can tell whether the old cluster's data is complete again.
    if ((to === undefined) !== back || seconds === 0 || (back && automatic)) {
        throw new InputError(usage);
    }
    const dryRun = values["dry-run"];
    return { stack, to: to ?? { back: true }, why: values.reason, dryRun, automatic, resolver, seconds };
}
