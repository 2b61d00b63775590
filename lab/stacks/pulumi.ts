import * as fs from "node:fs";
import * as path from "node:path";
import { logDir } from "../paths";
import { run } from "../processes/run";
import { backendDir, pulumiEnvironment } from "./environment";
import { releaseDeadLock } from "./lock";

/** Limit of one `pulumi` command, in milliseconds. */
const timeoutMs = 15 * 60_000;

/**
 * Runs a `pulumi` command on one stack; its output goes to `<logDir>/pulumi-<stack>.log`.
 *
 * @throws Error with the end of the output, when the command fails or takes over 15 minutes
 */
export async function pulumi(stack: string, args: readonly string[]): Promise<string> {
    const result = await runPulumi(stack, args);
    fs.mkdirSync(logDir, { recursive: true });
    const log = path.join(logDir, `pulumi-${stack}.log`);
    fs.appendFileSync(log, `$ pulumi ${args.join(" ")}\n${result.output}\n`, { mode: 0o600 });
    if (!result.ok) {
        throw new Error(
            `pulumi ${args[0]} of stack ${stack} failed; its whole output is in ${log}\n${errorsOf(result.output)}`,
        );
    }
    return result.stdout;
}

/** Reads something that may be a secret: no log and no error contains its output. */
async function query(stack: string, args: readonly string[]): Promise<string> {
    const result = await runPulumi(stack, args);
    if (!result.ok) {
        throw new Error(`pulumi ${args.join(" ")} of stack ${stack} failed`);
    }
    return result.stdout;
}

function runPulumi(stack: string, args: readonly string[]) {
    return run("pulumi", [...args, "--stack", stack, "--non-interactive", "--color", "never"], {
        env: pulumiEnvironment(),
        timeoutMs,
    });
}

/** Brings a stack up. It first creates the stack if there is none, and releases the lock of a killed run. */
export async function up(stack: string, report: (line: string) => void): Promise<void> {
    await createIfMissing(stack);
    await releaseDeadLock(stack, report);
    await pulumi(stack, ["up", "--yes", "--skip-preview"]);
}

/** Creates a stack without resources, if there is none of the name. */
export async function createIfMissing(stack: string): Promise<void> {
    if (!exists(stack)) {
        await pulumi(stack, ["stack", "init"]);
    }
}

/** Destroys all resources of a stack; a stack that does not exist is not an error. */
export async function destroy(stack: string, report: (line: string) => void): Promise<void> {
    if (!exists(stack)) {
        return;
    }
    await releaseDeadLock(stack, report);
    // A run that was stopped while it lifted a quarantine leaves some resources protected.
    await pulumi(stack, ["state", "unprotect", "--all", "--yes"]);
    await pulumi(stack, ["destroy", "--yes", "--skip-preview"]);
}

/** The generated password of Argo CD's local admin. */
export async function adminPassword(): Promise<string> {
    return (await query("hub", ["stack", "output", "adminPassword", "--show-secrets"])).trim();
}

function exists(stack: string): boolean {
    return fs.existsSync(path.join(backendDir, ".pulumi", "stacks", "hubspoke", `${stack}.json`));
}

/** The diagnostics of a failed run; the end of the output if it has none. */
function errorsOf(output: string): string {
    const start = output.indexOf("Diagnostics:");
    return start >= 0 ? output.slice(start) : output.split("\n").slice(-30).join("\n");
}
