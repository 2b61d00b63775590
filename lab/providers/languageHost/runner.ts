import { createRequire } from "node:module";
import * as path from "node:path";
import { messageOf } from "../plugin/errors";

/** One of the SDK's own runners, `@pulumi/pulumi/cmd/<name>`, from the dependencies of what it is to run. */
export function runnerModule(directory: string, name: "run" | "run-policy-pack"): string {
    try {
        return createRequire(path.join(directory, "package.json")).resolve(`@pulumi/pulumi/cmd/${name}`);
    } catch (error) {
        throw new Error(
            `The Pulumi SDK was not found from ${directory} (${messageOf(error)}). Run "npm install" in the project.`,
        );
    }
}
