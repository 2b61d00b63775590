import { setTimeout as sleep } from "node:timers/promises";
import { say } from "../support/main";

/** Limit for an unavailable API server, for example during a restart, in milliseconds. */
const limitMs = 120_000;
const pauseMs = 1_000;

/** Errors of an unavailable API server, from this program and from `pulumi`. */
const away = new RegExp(
    "cannot be reached|unreachable|no answer in|answers 50\\d|" +
        "connection refused|connection reset|ECONNREFUSED|ECONNRESET|socket hang up",
    "i",
);

/** Errors of `pulumi` if another run has locked the stack: in an object store or folder, and in Pulumi Cloud. */
export const inUse = /currently locked|Another update is currently in progress/i;

/** Either of these errors. */
export const awayOrInUse = new RegExp(`${away.source}|${inUse.source}`, "i");

/**
 * Repeats `work` while the other side is unavailable; all of it must be repeatable.
 *
 * @param passing pattern of temporary errors
 * @throws Error the last temporary one, after two minutes; any other error immediately
 */
export async function withPatience<T>(what: string, work: () => Promise<T>, passing = away): Promise<T> {
    const end = Date.now() + limitMs;
    let told = false;
    for (;;) {
        try {
            return await work();
        } catch (error) {
            if (!passing.test((error as Error).message) || Date.now() > end) {
                throw error;
            }
            if (!told) {
                say(`${what} does not answer, or is in use; waiting for it for at most ${limitMs / 1000} s`);
                told = true;
            }
            await sleep(pauseMs);
        }
    }
}
