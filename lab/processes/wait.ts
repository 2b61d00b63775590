import { setTimeout as sleep } from "node:timers/promises";
import { logTail } from "./logs";
import { isAlive, readRecord } from "./records";

/** What one look found: the value waited for, or what was seen instead. */
export type Look<T> = { readonly done: T } | { readonly seen: string };

export interface WaitOptions {
    readonly timeoutMs: number;
    /** Pause between two looks; default 200. */
    readonly intervalMs?: number;
    /** Names of recorded processes that must live: if one ends, waiting fails at once with its log. */
    readonly processes?: readonly string[];
}

/** Thrown by a check to end the waiting at once: more time would not help. */
export class GiveUp extends Error {}

/**
 * Looks again and again until the check is done. An error in a look counts as what was seen, except
 * {@link GiveUp}. At the limit it fails with what was waited for, how long, and what was last seen;
 * a single look that hangs is given up at the limit too.
 */
export async function waitFor<T>(what: string, check: () => Promise<Look<T>>, options: WaitOptions): Promise<T> {
    const { timeoutMs, intervalMs = 200, processes = [] } = options;
    const started = Date.now();
    const deadline = started + timeoutMs;
    let seen = "nothing yet";
    for (;;) {
        const look = await attempt(check, deadline);
        if ("done" in look) {
            return look.done;
        }
        seen = look.seen ?? seen;
        for (const name of processes) {
            failIfEnded(name, what);
        }
        if (Date.now() >= deadline) {
            throw new Error(`waited ${seconds(started)} for ${what}; last seen: ${seen}`);
        }
        await sleep(Math.min(intervalMs, Math.max(deadline - Date.now(), 0)));
    }
}

/** One look, ended at the deadline. */
async function attempt<T>(check: () => Promise<Look<T>>, deadline: number): Promise<Look<T> | { seen: undefined }> {
    const timer = new AbortController();
    const limit = sleep(Math.max(deadline - Date.now(), 1), { seen: undefined }, { signal: timer.signal });
    limit.catch(() => undefined);
    try {
        return await Promise.race([check(), limit]);
    } catch (error) {
        if (error instanceof GiveUp) {
            throw error;
        }
        return { seen: error instanceof Error ? error.message : String(error) };
    } finally {
        timer.abort();
    }
}

function failIfEnded(name: string, what: string): void {
    const record = readRecord(name);
    if (!record) {
        throw new Error(`${name} was stopped while waiting for ${what}`);
    }
    if (!isAlive(record)) {
        throw new Error(`${name} ended while waiting for ${what}. Its last lines:\n${logTail(record.log)}`);
    }
}

function seconds(since: number): string {
    return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}
