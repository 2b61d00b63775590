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

/**
 * Does something again and again while the other side is away; everything in it must bear being done twice.
 *
 * @throws Error the last one, when it is away for over two minutes; any other error at once
 */
export async function withPatience<T>(what: string, work: () => Promise<T>): Promise<T> {
    const end = Date.now() + limitMs;
    let told = false;
    for (;;) {
        try {
            return await work();
        } catch (error) {
            if (!away.test((error as Error).message) || Date.now() > end) {
                throw error;
            }
            if (!told) {
                say(`${what} does not answer; waiting for it, for at most ${limitMs / 1000} s`);
                told = true;
            }
            await sleep(pauseMs);
        }
    }
}
