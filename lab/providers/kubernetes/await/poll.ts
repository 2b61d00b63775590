import { setTimeout as sleep } from "node:timers/promises";

/**
 * Pauses between two looks at an object, in milliseconds: short at first, because most objects are ready
 * once.
 */
const firstPause = 100;
const longestPause = 1000;

export type PollEnd = "satisfied" | "timeout" | "cancelled";

/** Calls `look` until it answers true, the limit (milliseconds) is over, or the signal is aborted. */
export async function poll(
    look: () => Promise<boolean>,
    limit: number,
    signal: AbortSignal,
): Promise<PollEnd> {
    const end = Date.now() + limit;
    for (let pause = firstPause; ; pause = Math.min(pause * 1.5, longestPause)) {
        if (signal.aborted) {
            return "cancelled";
        }
        if (await look()) {
            return "satisfied";
        }
        if (Date.now() >= end) {
            return "timeout";
        }
        await sleep(Math.min(pause, Math.max(end - Date.now(), 1)), undefined, { signal }).catch(
            () => undefined,
        );
    }
}
