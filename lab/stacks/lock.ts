import { holderOf, locksIn, nameOfHolder } from "../../scripts/recover/lock";
import type { Report } from "../phases";
import { run } from "../processes/run";
import { backendDir, pulumiEnvironment } from "./environment";

/**
 * Releases a stack's lock of a killed run: prints the holder, and checks that it is dead.
 *
 * @throws Error if the holder is alive, or is on another machine and cannot be checked
 */
export async function releaseDeadLock(stack: string, report: Report): Promise<void> {
    const locks = locksOf(stack);
    for (const lock of locks) {
        const holder = nameOfHolder(lock);
        switch (holderOf(lock)) {
            case "elsewhere":
                throw new Error(`stack ${stack} is locked by ${holder}; run \`pulumi cancel\` if that run has ended`);
            case "alive":
                throw new Error(`stack ${stack} is in use by ${holder}; wait until that run ends`);
            case "dead":
                report(`stack ${stack} was locked by ${holder}, which is dead; its lock is released`, true);
        }
    }
    if (locks.length > 0) {
        const cancelled = await run("pulumi", ["cancel", "--yes", "--stack", stack], {
            env: pulumiEnvironment(),
            timeoutMs: 60_000,
        });
        if (!cancelled.ok) {
            throw new Error(`the dead lock of stack ${stack} cannot be released: ${cancelled.reason}\n${cancelled.output}`);
        }
    }
}

/** Whether anything holds a lock of the stack. */
export function isLocked(stack: string): boolean {
    return locksOf(stack).length > 0;
}

function locksOf(stack: string) {
    return locksIn(backendDir, `organization/hubspoke/${stack}`);
}
