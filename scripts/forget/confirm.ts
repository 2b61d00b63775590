import { createInterface } from "node:readline/promises";
import { InputError } from "../../settings/inputError";

/**
 * Asks for a name to be typed, on standard input.
 *
 * @param reason said before the question, where there is one
 * @throws InputError when anything else is typed, or nothing
 */
export async function confirmByName(reason: string, name: string): Promise<void> {
    const lines = createInterface({ input: process.stdin });
    try {
        process.stdout.write(`${reason}Type ${name} to go on: `);
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
