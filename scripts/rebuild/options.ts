import { milliseconds } from "../../settings/duration";
import { InputError } from "../../settings/inputError";
import { parseOptions } from "../support/options";

const usage = "usage: npm run rebuild -- [--hub hub] [--active CLUSTER] [--timeout 15m]";

/** What to rebuild. */
export interface RebuildOptions {
    /** The hub's stack. */
    readonly hub: string;
    /** The cluster that users reach, as the user confirms; undefined if it is the one that the lost hub published. */
    readonly active: string | undefined;
    /** Limit for the Applications of an environment to be Synced and Healthy, in milliseconds. */
    readonly timeoutMs: number;
}

/**
 * Reads the command line.
 *
 * @throws InputError with the reason
 */
export function rebuildOptions(args: string[]): RebuildOptions {
    const { values } = parseOptions(
        {
            args,
            options: {
                hub: { type: "string", default: "hub" },
                active: { type: "string" },
                timeout: { type: "string", default: "15m" },
            },
        },
        usage,
    );
    const timeoutMs = milliseconds(values.timeout);
    if (timeoutMs === 0) {
        throw new InputError(`--timeout ${values.timeout}: is no duration. Write for example --timeout 15m\n${usage}`);
    }
    return { hub: values.hub, active: values.active, timeoutMs };
}
