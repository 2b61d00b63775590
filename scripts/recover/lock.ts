import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { z } from "zod";
import { processFacts } from "../support/processes";

const lockFile = z.object({ pid: z.number(), username: z.string(), hostname: z.string(), timestamp: z.string() });

/** A lock of a stack, as Pulumi's file backend writes it (pulumi, pkg/v3/backend/diy/lock.go). */
export type Lock = Readonly<z.infer<typeof lockFile>>;

/** What is known of the run that holds a lock. */
export type Holder = "alive" | "dead" | "elsewhere";

/**
 * The locks of a stack in a file backend.
 *
 * @param folder the backend's folder
 * @param stack the stack's full name, as `organization/hubspoke/prod`
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

/** Whether the run that holds a lock still goes on, as far as this machine can tell. */
export function holderOf({ pid, hostname }: Lock): Holder {
    if (hostname !== os.hostname()) {
        return "elsewhere";
    }
    const facts = processFacts(pid);
    if (facts !== undefined) {
        // A dead run's id may have been given to another process.
        return facts.command.includes("pulumi") ? "alive" : "dead";
    }
    return isHidden(pid) ? "alive" : "dead";
}

/** Who holds a lock, for messages. */
export function nameOfHolder({ pid, username, hostname, timestamp }: Lock): string {
    return `process ${pid} of ${username}@${hostname}, since ${timestamp}`;
}

/** Whether a process is there whose facts another user may not see; one that only waits to be reaped is none. */
function isHidden(pid: number): boolean {
    try {
        process.kill(pid, 0);
        return false;
    } catch (error) {
        return (error as NodeJS.ErrnoException).code === "EPERM";
    }
}
