import * as fs from "node:fs";
import * as path from "node:path";
import { lock } from "proper-lockfile";
import { processFacts } from "./identity";
import { writeFileWhole } from "./records";
import { type Look, waitFor } from "./wait";

/** Age at which a lock that its holder no longer renews is stale. */
const staleMs = 10_000;

/** The same if the holder is known to be dead; the minimum of proper-lockfile. */
const deadStaleMs = 2_000;
const reportEveryMs = 15_000;

export interface LockOptions {
    /** The purpose of the lock, such as "building the tools". */
    readonly purpose: string;
    /** Limit of the wait for another holder. */
    readonly timeoutMs: number;
    readonly report: (line: string) => void;
}

/**
 * Runs `work` while this process holds the lock. It waits for another holder, and prints lines that
 * say who it is and how long the wait lasts; the lock of a process that died is free
 * after some seconds.
 */
export async function withLock<T>(file: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const release = await acquire(file, options);
    const holder: HolderFile = { pid: process.pid, since: Date.now(), purpose: options.purpose };
    writeFileWhole(holderFile(file), JSON.stringify(holder));
    try {
        return await work();
    } finally {
        fs.rmSync(holderFile(file), { force: true });
        // A lost lock, for example after the machine slept, was reported; there is nothing to release.
        await release().catch(() => undefined);
    }
}

async function acquire(file: string, { purpose, timeoutMs, report }: LockOptions): Promise<() => Promise<void>> {
    const started = Date.now();
    let nextReport = started;
    const tryOnce = async (): Promise<Look<() => Promise<void>>> => {
        const holder = readHolder(file);
        try {
            const onCompromised = (error: Error) => report(`lost the lock for ${purpose}: ${error.message}`);
            const stale = holder?.alive === false ? deadStaleMs : staleMs;
            return { done: await lock(file, { realpath: false, stale, onCompromised }) };
        } catch (error) {
            if ((error as NodeJS.ErrnoException).code !== "ELOCKED") {
                throw error;
            }
        }
        const seen = holder ? holder.description : "another process";
        if (Date.now() >= nextReport) {
            nextReport = Date.now() + reportEveryMs;
            const waited = Math.round((Date.now() - started) / 1000);
            report(`waiting for ${seen} (${waited} s of at most ${timeoutMs / 1000} s)`);
        }
        return { seen };
    };
    return waitFor(`the lock for ${purpose} (${file})`, tryOnce, { timeoutMs, intervalMs: 500 });
}

interface HolderFile {
    readonly pid: number;
    readonly since: number;
    readonly purpose: string;
}

interface Holder {
    readonly alive: boolean;
    readonly description: string;
}

function readHolder(file: string): Holder | undefined {
    try {
        const { pid, since, purpose } = JSON.parse(fs.readFileSync(holderFile(file), "utf8")) as HolderFile;
        const alive = processFacts(pid) !== undefined;
        const time = new Date(since).toLocaleTimeString();
        const description = `${alive ? "process" : "the lock of dead process"} ${pid}, ${purpose} since ${time}`;
        return { alive, description };
    } catch {
        return undefined;
    }
}

function holderFile(file: string): string {
    return `${file}.holder`;
}
