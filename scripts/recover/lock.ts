import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { z } from "zod";
import { processFacts } from "../support/processes";

const lockFile = z.object({ pid: z.number(), username: z.string(), hostname: z.string(), timestamp: z.string() });

/** A lock of a stack, in the format of Pulumi's file backend (pulumi, pkg/v3/backend/diy/lock.go). */
export type Lock = Readonly<z.infer<typeof lockFile>>;

/** The state of the run that holds a lock. */
export type Holder = "alive" | "dead" | "elsewhere";

/**
 * The locks of a stack in a file backend.
 *
 * @param folder the backend's folder
 * @param stack the stack's full name, such as `organization/hubspoke/prod`
 */
export function locksIn(folder: string, stack: string): Lock[] {
    const locks = path.join(folder, ".pulumi", "locks", ...stack.split("/"));
    if (!fs.existsSync(locks)) {
        return [];
    }
    return fs
        .readdirSync(locks)
        .filter((file) => file.endsWith(".json"))
        .map((file) => lockFile.parse(JSON.parse(fs.readFileSync(path.join(locks, file), "utf8"))));
}

/**
 * The locks in an error of `pulumi`, which refuses to run in an object store or folder and names them (pulumi,
 * pkg/backend/diy/lock.go, `checkForLock`).
 *
 * @returns none where the error names none, as in Pulumi Cloud; undefined if it has more than can be read here
 */
export function locksNamedIn(error: string): Lock[] | undefined {
    const named = error.matchAll(/: created by (.*)@(\S+) \(pid (\d+)\) at (\S+)/g);
    const locks = [...named].map(([, username = "", hostname = "", pid, timestamp = ""]) => {
        return { pid: Number(pid), username, hostname, timestamp };
    });
    const [, count = "0"] = /currently locked by (\d+) lock/.exec(error) ?? [];
    return locks.length === Number(count) ? locks : undefined;
}

/** Whether the run that holds a lock is alive, as far as this machine can determine. */
export function holderOf({ pid, hostname }: Lock): Holder {
    if (hostname !== os.hostname()) {
        return "elsewhere";
    }
    const facts = processFacts(pid);
    if (facts !== undefined) {
        // Another process may have the process ID of a dead run.
        return facts.command.includes("pulumi") ? "alive" : "dead";
    }
    return isThere(pid) ? "alive" : "dead";
}

/** The holder of a lock, for messages. */
export function nameOfHolder({ pid, username, hostname, timestamp }: Lock): string {
    return `process ${pid} of ${username}@${hostname}, since ${timestamp}`;
}

/**
 * Whether a process exists of which there are no facts: one whose details another user may not see, or any on a
 * machine that shows none, such as Windows. Where there are facts, a process of this user without them is a zombie,
 * and is dead.
 */
function isThere(pid: number): boolean {
    try {
        process.kill(pid, 0);
        return processFacts(process.pid) === undefined;
    } catch (error) {
        return (error as NodeJS.ErrnoException).code === "EPERM";
    }
}
