import { projectRoot } from "../paths";
import { run, type RunResult } from "../processes/run";
import { pulumiEnvironment } from "./environment";

/** Limit of one command, in milliseconds. */
const timeoutMs = 30 * 60_000;

/** Runs one of the project's npm scripts on the lab's stacks. */
export async function script(name: string, ...args: string[]): Promise<RunResult> {
    const all = ["run", "--silent", name, "--", ...args];
    return run("npm", all, { cwd: projectRoot, env: pulumiEnvironment(), timeoutMs });
}

/**
 * The same for a script that must succeed; returns its output.
 *
 * @throws Error with the output when it fails or takes over 30 minutes
 */
export async function scriptOk(name: string, ...args: string[]): Promise<string> {
    const { ok, output } = await script(name, ...args);
    if (!ok) {
        throw new Error(`npm run ${name} -- ${args.join(" ")} failed:\n${output}`);
    }
    return output;
}
