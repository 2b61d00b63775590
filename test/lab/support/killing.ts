import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { projectRoot } from "../../../lab/paths";
import { processFacts, waitFor } from "../../../lab/processes";
import type { ApiGate, Moment } from "./apiGate";

/** A command that is to be killed while it works. */
export interface Victim {
    readonly command: string;
    readonly args: readonly string[];
    readonly env: Record<string, string>;
}

/**
 * Starts a command and stops the API servers at a moment; then kills the command with all that it has started, as a
 * crash of the machine would.
 *
 * @param meanwhile what happens between the moment and the end
 * @throws Error with the command's output, when it ends before the moment comes
 */
export async function killAt(gate: ApiGate, moment: Moment, victim: Victim, meanwhile?: () => Promise<void>) {
    const reached = gate.stopAt(moment);
    const child = spawn(victim.command, victim.args, {
        cwd: projectRoot,
        env: { ...process.env, ...victim.env },
        stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
    const tooSoon = ended.then(() => {
        throw new Error(`the run ended before it came to ${moment.method} ${moment.path.source}:\n${output}`);
    });
    try {
        await Promise.race([reached, tooSoon]);
        await meanwhile?.();
    } finally {
        tooSoon.catch(() => undefined);
        await killTree(child);
        await ended;
        gate.open();
    }
}

/** Ends a process and all below it; the first goes first, so that none can tell it of the end of another. */
export async function killTree({ pid }: ChildProcess): Promise<void> {
    if (pid === undefined) {
        return;
    }
    const tree = [pid, ...below(pid)];
    for (const member of tree) {
        try {
            process.kill(member, "SIGKILL");
        } catch (error) {
            if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
                throw error;
            }
        }
    }
    await waitFor(
        "the killed processes to be gone",
        () => {
            const left = tree.filter((member) => processFacts(member) !== undefined);
            return Promise.resolve(left.length === 0 ? { done: true } : { seen: left.join(", ") });
        },
        { timeoutMs: 10_000, intervalMs: 20 },
    );
}

/**
 * Sends ^C as a terminal does, to the whole group that the child leads, and waits until the child has ended: its
 * `pulumi` completes the steps that run, such as a wait of `connectionTimeout`.
 */
export async function interruptTree({ pid }: ChildProcess): Promise<void> {
    if (pid === undefined || processFacts(pid) === undefined) {
        return;
    }
    process.kill(-pid, "SIGINT");
    await waitFor(
        "the command to end after ^C",
        () => Promise.resolve(processFacts(pid) === undefined ? { done: true } : { seen: "it runs" }),
        { timeoutMs: 400_000, intervalMs: 50 },
    );
}

function below(root: number): number[] {
    const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
    const parents = lines.map((line) => line.trim().split(/\s+/).map(Number));
    const childrenOf = (parent: number): number[] =>
        parents.flatMap(([pid, ppid]) => (ppid === parent && pid !== undefined ? [pid, ...childrenOf(pid)] : []));
    return childrenOf(root);
}
