import { setTimeout as sleep } from "node:timers/promises";

/** What one look found: the value waited for, or what was seen instead. */
export type Look<T> = { readonly done: T } | { readonly seen: string };

/** How long to wait, and how often to look. */
export interface WaitOptions {
    readonly timeoutMs: number;
    /** Pause between two looks; default 500. */
    readonly intervalMs?: number;
}

/** Thrown by a check to end the waiting at once, because more time would not help. */
export class GiveUp extends Error {}

/**
 * Looks again and again until the check is done. An error in a look counts as what was seen, except {@link GiveUp}.
 *
 * @throws Error at the limit, with what was waited for, how long, and what was last seen; a look that hangs is ended
 *     at the limit too
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
