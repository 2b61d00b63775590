/**
 * Generates docs/settings.md (for people) and settings.schema.json (for editors) from the schemas in settings/.
 *
 *     npm run settings
 */
import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { settingsInput } from "./settingsInput";
import { settingsReference } from "./settingsReference";
import { stackFileSchema } from "./settingsSchema";

const root = path.resolve(__dirname, "../..");

/** The generated files: the text of each by its path in the project. */
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
