import type { Settings } from "../../settings";
import { type StackSettings, stackSettings } from "../../settings/stack";
import { configOf } from "../../settings/stackConfig";
import { patientEndMs, run, type RunOptions } from "./run";
import { folderOfStackFiles, ownerOf } from "./stackFile";

/** Limits of one `pulumi` command: it is interrupted after the first, and saves its state within the second. */
const limits = { timeoutMs: 30 * 60_000, endMs: patientEndMs };

/** Limit of a command that only reads from the backend, in milliseconds. */
const readTimeoutMs = 2 * 60_000;

/**
 * Runs the user's `pulumi` on one stack, with the user's backend and folder.
 *
 * @param env variables in addition to this process's environment
 * @param more standard input, and other limits than 30 minutes and 10 more for its end; by default no input
 * @returns its standard output
 * @throws Error with the command's output, if it fails; with the limit and what to do, if it does not end
 */
export async function pulumi(
    stack: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    more: Pick<RunOptions, "endMs" | "input" | "timeoutMs"> = {},
): Promise<string> {
    const all = [...args, "--stack", stack, "--non-interactive", "--color", "never"];
    const { ok, stdout, output, reason, timedOut } = await run("pulumi", all, { ...limits, env, ...more });
    if (!ok) {
        const remedy = timedOut
            ? `\nThe stack may be locked, and what the run began may be incomplete. Repair that, and do this again: ` +
              `npm run recover -- ${stack}`
            : "";
        throw new Error(`pulumi ${args.join(" ")} --stack ${stack} failed:\n${errorsOf(output) || reason}${remedy}`);
    }
    return stdout;
}

/** The diagnostics of a failed run; the whole output if it has none. */
export function errorsOf(output: string): string {
    const start = output.indexOf("Diagnostics:");
    return start >= 0 ? output.slice(start) : output;
}

/** Reads something that may contain a secret: no error contains its output. */
export async function ask(stack: string, args: readonly string[]): Promise<unknown> {
    const all = [...args, "--stack", stack, "--non-interactive"];
    const { ok, stdout, output, reason, timedOut } = await run("pulumi", all, { timeoutMs: readTimeoutMs });
    if (!ok) {
        const why = timedOut ? reason : (/^error: .*$/m.exec(output)?.[0] ?? "see it by running that command");
        throw new Error(`pulumi ${args[0]} --stack ${stack} failed: ${why}`);
    }
    return JSON.parse(stdout);
}

/** The backend that `pulumi` uses. */
export async function askBackend(): Promise<{ readonly url: string }> {
    const { ok, stdout, output } = await run("pulumi", ["whoami", "--json", "--non-interactive"], { timeoutMs: readTimeoutMs });
    if (!ok) {
        throw new Error(`pulumi whoami failed:\n${output}`);
    }
    return JSON.parse(stdout) as { url: string };
}

/** Names of all stacks of the project, in the order in which a change reaches them: production last. */
export async function stackNames(): Promise<string[]> {
    const { ok, stdout, output } = await run("pulumi", ["stack", "ls", "--json", "--non-interactive"], { timeoutMs: readTimeoutMs });
    if (!ok) {
        throw new Error(`pulumi stack ls failed:\n${output}`);
    }
    return (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name).sort();
}

/** A stack's full name, as in the program: `organization/hubspoke/prod` in an object store or folder. */
export async function fullNameOf(stack: string): Promise<string> {
    const args = ["stack", "ls", "--json", "--fully-qualify-stack-names", "--non-interactive"];
    const { ok, stdout, output } = await run("pulumi", args, { timeoutMs: readTimeoutMs });
    const names = ok ? (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name) : [];
    const found = names.find((name) => name === stack || name.endsWith(`/${stack}`));
    if (found === undefined) {
        throw new Error(ok ? `there is no stack ${stack}. The stacks are ${names.join(", ")}` : `pulumi stack ls failed:\n${output}`);
    }
    return found;
}

/**
 * A stack's settings, with their secrets; those of a shard are in its environment's stack file.
 *
 * @throws InputError like the program
 */
export async function settingsOf(stack: string): Promise<Settings> {
    return (await settingsAndPlaceOf(stack)).settings;
}

/** The same, with the stack's place among the shards of its environment. */
export async function settingsAndPlaceOf(stack: string): Promise<StackSettings> {
    const folder = folderOfStackFiles();
    return stackSettings(stack, await configOf(stack, { folder }), folder);
}

/**
 * Changes settings of a stack by their paths, for a shard those of its environment; the CLI keeps the file's comments.
 *
 * @param file the file to change, if not the stack file
 */
export async function setSettings(
    stack: string,
    values: Readonly<Record<string, string | number>>,
    file?: string,
): Promise<void> {
    const args = Object.entries(values).flatMap(([path, value]) => ["--plaintext", `hubspoke:${path}=${value}`]);
    await pulumi(ownerOf(stack), ["config", "set-all", "--path", ...args, ...(file === undefined ? [] : ["--config-file", file])]);
}
