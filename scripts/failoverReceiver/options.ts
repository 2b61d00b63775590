import { milliseconds } from "../../settings/duration";
import { InputError } from "../../settings/inputError";
import { parseOptions } from "../support/options";

const usage =
    "usage: npm run failover:receiver -- [--to CLUSTER [--dispatch OWNER/REPOSITORY]] [--skip-reconcile-after 10m] " +
    "[--listen 127.0.0.1:9095] [--stack hub] [--resolver ADDRESS:PORT], with --to, --skip-reconcile-after or both";

/**
 * Reads the receiver's command line; the time for `--skip-reconcile-after` is in milliseconds.
 *
 * @throws InputError with the usage
 */
export function receiverOptions(args: string[]) {
    const { values } = parseOptions(
        {
            args,
            options: {
                to: { type: "string" },
                "skip-reconcile-after": { type: "string" },
                listen: { type: "string", default: "127.0.0.1:9095" },
                dispatch: { type: "string" },
                stack: { type: "string", default: "hub" },
                resolver: { type: "string" },
            },
        },
        usage,
    );
    const { to, dispatch, resolver, listen, stack, "skip-reconcile-after": after } = values;
    const skipAfterMs = after === undefined ? undefined : milliseconds(after);
    const isForNothing = to === undefined && (after === undefined || dispatch !== undefined);
    if (isForNothing || skipAfterMs === 0) {
        throw new InputError(usage);
    }
    return { to, dispatch, resolver, listen, stack, skipAfterMs };
}
