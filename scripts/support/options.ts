import { parseArgs, type ParseArgsConfig } from "node:util";
import { InputError } from "../../settings/inputError";

/**
 * Reads a command line with Node's `parseArgs`.
 *
 * @param usage the usage line for error messages
 * @throws InputError with the reason and the usage line
 */
export function parseOptions<T extends ParseArgsConfig>(config: T, usage: string): ReturnType<typeof parseArgs<T>> {
    try {
        return parseArgs(config);
    } catch (error) {
        throw new InputError(`${(error as Error).message}\n${usage}`);
    }
}
