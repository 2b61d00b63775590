import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { processFacts } from "../processes";
import { run } from "../processes/run";
import { backendDir, pulumiEnvironment } from "./environment";
import type { StackName } from "./project";

/** A lock of Pulumi's file backend, as it writes it (pkg/v3/backend/diy/lock.go). */
interface Lock {
    readonly pid: number;
    readonly username: string;
    readonly hostname: string;
    readonly timestamp: string;
}

/**
 * Releases a stack's lock that a killed run left behind: says what holds it, and checks that the holder is dead.
 *
 * @throws Error when the holder lives, or is on another machine and cannot be checked
 */
export async function releaseDeadLock(stack: StackName, report: (line: string) => void): Promise<void> {
    const locks = readLocks(stack);
    for (const lock of locks) {
        const holder = `process ${lock.pid} of ${lock.username}@${lock.hostname}, since ${lock.timestamp}`;
        if (lock.hostname !== os.hostname()) {
            throw new Error(`stack ${stack} is locked by ${holder}; run \`pulumi cancel\` if that machine is done`);
        }
        if (processFacts(lock.pid)?.command.includes("pulumi")) {
            throw new Error(`stack ${stack} is in use by ${holder}; wait until that run ends`);
        }
        report(`stack ${stack} was locked by ${holder}, which is dead; its lock is released`);
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
export function isLocked(stack: StackName): boolean {
    return readLocks(stack).length > 0;
}

function readLocks(stack: StackName): Lock[] {
    const folder = path.join(backendDir, ".pulumi", "locks", "organization", "hubspoke", stack);
    if (!fs.existsSync(folder)) {
        return [];
    }
    return fs
        .readdirSync(folder)
        .filter((file) => file.endsWith(".json"))
        .map((file) => JSON.parse(fs.readFileSync(path.join(folder, file), "utf8")) as Lock);
}
