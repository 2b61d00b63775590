import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";
import { kubectl } from "../../../lab/kubectl";

/**
 * Gives objects to staging's API server, which validates and admits them as if it kept them.
 *
 * @returns a line for each object
 * @throws Error with the API server's words, where it refuses one, warns, or does not know one of its fields
 */
export async function dryRun(objects: readonly object[], namespace = "agent"): Promise<string[]> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "lab-dry-run-"));
    const file = path.join(folder, "objects.yaml");
    try {
        fs.writeFileSync(file, objects.map((object) => stringify(object)).join("---\n"));
        const output = await kubectl("staging", [
            "apply", `--namespace=${namespace}`, "--dry-run=server", "--validate=strict", "--warnings-as-errors",
            `--filename=${file}`,
        ]);
        return output.trim().split("\n");
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
}

/** The API server's words of refusal; fails where it accepts the object. */
export async function refusal(object: object, namespace?: string): Promise<string> {
    return dryRun([object], namespace).then(
        (output) => {
            throw new Error(`the API server accepts it: ${output.join("\n")}`);
        },
        (error: Error) => error.message,
    );
}
