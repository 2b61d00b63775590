import { parseArgs, type ParseArgsConfig } from "node:util";
import { InputError } from "../../settings/inputError";

/**
 * Reads a command line as Node's `parseArgs` does.
 *
 * @param usage said after the reason, where the command line is wrong
 * @throws InputError with both
 */
export function parseOptions<T extends ParseArgsConfig>(config: T, usage: string): ReturnType<typeof parseArgs<T>> {
    try {
        return parseArgs(config);
    } catch (error) {
        throw new InputError(`${(error as Error).message}\n${usage}`);
    }
}
