import { InputError } from "../../settings/inputError";
import { parseOptions } from "../support/options";

const usage = "usage: npm run rotate -- STACK | all";

/**
 * Reads the command line.
 *
 * @returns the stack whose tokens to rotate, or `all`
 * @throws InputError with the reason
 */
export function rotationTarget(args: string[]): string {
    const [target, ...more] = parseOptions({ args, allowPositionals: true, options: {} }, usage).positionals;
    if (target === undefined || more.length > 0) {
        throw new InputError(usage);
    }
    return target;
}
