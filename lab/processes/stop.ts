import { setTimeout as sleep } from "node:timers/promises";
import { processFacts } from "./identity";
import { isAlive, type ProcessRecord, readRecord, removeRecord } from "./records";

const pollMs = 50;
const killLimitMs = 10_000;

/**
 * Stops the recorded process of that name: SIGTERM, and SIGKILL after `graceMs` milliseconds. Where
 * it leads a process group, the whole group gets the signal. A record whose process is gone, or whose
 * id now belongs to another process, is only removed. Returns whether there was anything to stop.
 */
export async function stopProcess(name: string, { graceMs = 10_000 } = {}): Promise<boolean> {
    const record = readRecord(name);
    if (!record || !isAlive(record)) {
        removeRecord(name);
        return false;
    }
    const leadsGroup = processFacts(record.pid)?.group === record.pid;
    const target = leadsGroup ? -record.pid : record.pid;
    signal(record, target, "SIGTERM");
    if (!(await ended(record, graceMs))) {
        signal(record, target, "SIGKILL");
        if (!(await ended(record, killLimitMs))) {
            throw new Error(`${name} (process ${record.pid}) still runs ${killLimitMs / 1000} s after SIGKILL`);
        }
    } else if (leadsGroup) {
        signal(record, target, "SIGKILL");
    }
    removeRecord(name);
    return true;
}

async function ended(record: ProcessRecord, limitMs: number): Promise<boolean> {
    const deadline = Date.now() + limitMs;
    while (isAlive(record)) {
        if (Date.now() > deadline) {
            return false;
        }
        await sleep(pollMs);
    }
    return true;
}

/** Sends a signal; a target that has already ended is not an error. */
function signal(record: ProcessRecord, target: number, name: NodeJS.Signals): void {
    try {
        process.kill(target, name);
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        // macOS answers EPERM for a group in which only zombie processes remain.
        if (code !== "ESRCH" && !(code === "EPERM" && !isAlive(record))) {
            throw new Error(`cannot stop ${record.name} (process ${record.pid}): ${String(error)}`, { cause: error });
        }
    }
}
