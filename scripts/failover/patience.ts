import { setTimeout as sleep } from "node:timers/promises";
import { say } from "../support/main";

/** For how long an API server may be away, as when it is restarted, in milliseconds. */
const limitMs = 120_000;
const pauseMs = 1_000;

/** What an API server that is away looks like, to us and in the output of `pulumi`. */
const away = new RegExp(
    "cannot be reached|unreachable|no answer in|answers 50\\d|" +
        "connection refused|connection reset|ECONNREFUSED|ECONNRESET|socket hang up",
    "i",
);

/** What `pulumi` says where another run holds the stack: in a bucket or folder, and in Pulumi Cloud. */
export const inUse = /currently locked|Another update is currently in progress/i;

/** Either of both. */
export const awayOrInUse = new RegExp(`${away.source}|${inUse.source}`, "i");

/**
 * Does something again and again while the other side is away; everything in it must bear being done twice.
 *
 * @param passing messages of errors that pass
 * @throws Error the last one, when it is away for over two minutes; any other error at once
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
                say(`${what} does not answer, or is in use; waiting for it, for at most ${limitMs / 1000} s`);
                told = true;
            }
            await sleep(pauseMs);
        }
    }
}
