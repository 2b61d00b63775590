import { InputError } from "../../settings/inputError";
import { parseOptions } from "../support/options";

const usage = "usage: npm run adopt -- STACK [--yes]";

/** What is to be adopted, as the command line says it. */
export interface AdoptOptions {
    readonly stack: string;
    /** Nobody is asked; only the adoption of a hub asks. */
    readonly yes: boolean;
}

/**
 * Reads the command line.
 *
 * @throws InputError with what is wrong
 */
export function adoptOptions(args: string[]): AdoptOptions {
    const { values, positionals } = parseOptions(
        { args, allowPositionals: true, options: { yes: { type: "boolean", default: false } } },
        usage,
    );
    const [stack, ...more] = positionals;
    if (stack === undefined || more.length > 0) {
        throw new InputError(`name one stack; ${usage}`);
    }
    return { stack, yes: values.yes };
}
