/**
 * Writes what the schemas in settings/ say, for people and for editors: docs/settings.md and settings.schema.json.
 *
 *     npm run settings
 */
import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { settingsInput } from "./settingsInput";
import { settingsReference } from "./settingsReference";
import { stackFileSchema } from "./settingsSchema";

const root = path.resolve(__dirname, "../..");

/** The generated files: each one's path in the project, and its text. */
export function generateSettings(): Record<string, string> {
    const input = settingsInput();
    return {
        "docs/settings.md": settingsReference(input),
        "settings.schema.json": `${JSON.stringify(stackFileSchema(input), undefined, 1)}\n`,
    };
}

if (require.main === module) {
    for (const [file, text] of Object.entries(generateSettings())) {
        writeFileSync(path.join(root, file), text);
    }
}
