import { createInterface } from "node:readline/promises";
import { InputError } from "../../settings/inputError";

/**
 * Asks the user to type a name on standard input.
 *
 * @param reason text before the question; may be empty
 * @throws InputError if the user types anything else, or nothing
 */
export async function confirmByName(reason: string, name: string): Promise<void> {
    const lines = createInterface({ input: process.stdin });
    try {
        process.stdout.write(`${reason}Type ${name} to continue: `);
        for await (const line of lines) {
            if (line.trim() === name) {
                return;
            }
            break;
        }
    } finally {
        lines.close();
        process.stdout.write("\n");
    }
    throw new InputError(`${name} was not typed, so nothing was changed`);
}
