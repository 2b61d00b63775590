import { GiveUp, type Look, waitFor as wait, type WaitOptions as Limits } from "../../clusters/wait";
import { logTail } from "./logs";
import { isAlive, readRecord } from "./records";

export { GiveUp, type Look };

export interface WaitOptions extends Limits {
    /** Names of recorded processes that must live: if one ends, the wait fails immediately with its log. */
    readonly processes?: readonly string[];
}

/** Waits like clusters/wait.ts, and fails immediately if one of the processes ends. */
export async function waitFor<T>(what: string, check: () => Promise<Look<T>>, options: WaitOptions): Promise<T> {
    const { processes = [], intervalMs = 200, timeoutMs } = options;
    const look = async () => {
        const found = await check().catch((error: unknown) => {
            if (error instanceof GiveUp) {
                throw error;
            }
            return { seen: error instanceof Error ? error.message : String(error) };
        });
        if (!("done" in found)) {
            processes.forEach((name) => failIfEnded(name, what));
        }
        return found;
    };
    return wait(what, look, { timeoutMs, intervalMs });
}

function failIfEnded(name: string, what: string): void {
    const record = readRecord(name);
    if (!record) {
        throw new GiveUp(`${name} was stopped while waiting for ${what}`);
    }
    if (!isAlive(record)) {
        throw new GiveUp(`${name} ended while waiting for ${what}. Its last lines:\n${logTail(record.log)}`);
    }
}
