import { InputError } from "../../settings/inputError";
import { parseOptions } from "../support/options";

const usage = "usage: npm run recover -- STACK [up|destroy] [--holder-is-dead HOST]";

/** What to recover. */
export interface RecoverOptions {
    readonly stack: string;
    /** What to run afterwards. */
    readonly next: "up" | "destroy" | undefined;
    /** The machine whose run is dead, as the user confirms. */
    readonly deadHost: string | undefined;
}

/**
 * Reads the command line.
 *
 * @throws InputError with the reason
 */
export function recoverOptions(args: string[]): RecoverOptions {
    const { values, positionals } = parseOptions(
        { args, allowPositionals: true, options: { "holder-is-dead": { type: "string" } } },
        usage,
    );
    const [stack, next, ...more] = positionals;
    if (stack === undefined || more.length > 0 || (next !== undefined && next !== "up" && next !== "destroy")) {
        throw new InputError(usage);
    }
    return { stack, next, deadHost: values["holder-is-dead"] };
}
