import { InputError } from "../../settings/inputError";
import { parseOptions } from "../support/options";

const usage =
    "usage: npm run fleet -- plan|preview|up|rotate|destroy|join STACK [--shard-size N] [--parallel N] [--policy] [--yes]";

const commands = ["plan", "preview", "up", "rotate", "destroy", "join"] as const;

/** The command line. */
export interface FleetOptions {
    readonly command: (typeof commands)[number];
    /** The environment's stack. */
    readonly of: string;
    /** Clusters in a new shard; by default counted from the applications and the machine's memory. */
    readonly size: number | undefined;
    /** Shards at the same time; by default counted from the machine's memory and processors. */
    readonly parallel: number | undefined;
    /** Whether previews and `up` check the policies of this checkout. */
    readonly policy: boolean;
    /** Whether to skip the question before a destroy. */
    readonly yes: boolean;
}

/**
 * Reads the command line.
 *
 * @throws InputError with the reason
 */
export function fleetOptions(args: string[]): FleetOptions {
    const { values, positionals } = parseOptions(
        {
            args,
            allowPositionals: true,
            options: {
                "shard-size": { type: "string" },
                parallel: { type: "string" },
                policy: { type: "boolean", default: false },
                yes: { type: "boolean", default: false },
            },
        },
        usage,
    );
    const [given, of, ...more] = positionals;
    const command = commands.find((one) => one === given);
    if (command === undefined || of === undefined || more.length > 0) {
        throw new InputError(usage);
    }
    const size = numberIn("shard-size", values["shard-size"]);
    const { policy, yes } = values;
    return { command, of, size, parallel: numberIn("parallel", values.parallel), policy, yes };
}

function numberIn(option: string, given: string | undefined): number | undefined {
    if (given !== undefined && !/^[1-9]\d{0,3}$/.test(given)) {
        throw new InputError(`--${option} ${given}: must be a whole number from 1 to 9999; ${usage}`);
    }
    return given === undefined ? undefined : Number(given);
}
