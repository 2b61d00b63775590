import { setTimeout as sleep } from "node:timers/promises";

/** The result of one check: the expected value, or what was seen instead. */
export type Look<T> = { readonly done: T } | { readonly seen: string };

/** How long to wait, and how often to check. */
export interface WaitOptions {
    readonly timeoutMs: number;
    /** Pause between two checks, in milliseconds; default 500. */
    readonly intervalMs?: number;
}

/** A check throws this to stop the wait immediately, because more time would not help. */
export class GiveUp extends Error {}

/**
 * Repeats a check until it succeeds. An error in a check counts as what was seen, except {@link GiveUp}.
 *
 * @throws Error at the limit, with what was waited for, how long, and what was last seen; a check that hangs also
 *     ends at the limit
 */
export async function waitFor<T>(
    what: string,
    check: () => Promise<Look<T>>,
    { timeoutMs, intervalMs = 500 }: WaitOptions,
): Promise<T> {
    const started = Date.now();
    const deadline = started + timeoutMs;
    let seen = "nothing yet";
    for (;;) {
        const look = await attempt(check, deadline);
        if ("done" in look) {
            return look.done;
        }
        seen = look.seen ?? seen;
        if (Date.now() >= deadline) {
            throw new Error(`waited ${((Date.now() - started) / 1000).toFixed(1)} s for ${what}; last seen: ${seen}`);
        }
        await sleep(Math.min(intervalMs, Math.max(deadline - Date.now(), 0)));
    }
}

/** One check, stopped at the deadline. */
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
