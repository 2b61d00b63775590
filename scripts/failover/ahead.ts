import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { say } from "../support/main";
import { readState } from "../support/state";
import { stackFile } from "../support/stackFile";

/** When an automatic move is due. */
export interface Due {
    /** In milliseconds since 1970. */
    readonly at: number;
    /** Whether the probes still fail, and have failed without a pause. */
    readonly holds: () => boolean;
}

/**
 * Waits until a move is due.
 *
 * @throws Error if a probe has succeeded meanwhile
 */
export async function waitUntilDue(due: Due): Promise<void> {
    await sleep(Math.max(0, due.at - Date.now()));
    if (!due.holds()) {
        throw new Error("no automatic move: a probe has succeeded meanwhile. Nothing was changed");
    }
}

/** A move that was checked before it is due. */
export interface Checked {
    /** See {@link basisOf}. */
    readonly basis: string;
    /** What could not be checked, but does not forbid the move. */
    readonly unknown: readonly string[];
}

/**
 * Checks and plans a move before it is due, so that this costs users no time.
 *
 * @param check checks and plans; returns what could not be checked
 * @returns undefined if the move is not possible yet, for a reason that is checked again when it is due
 */
export async function checkAhead(stack: string, check: () => Promise<readonly string[]>): Promise<Checked | undefined> {
    try {
        const unknown = await check();
        return { basis: await basisOf(stack), unknown };
    } catch (error) {
        say(`the move is not possible yet: ${(error as Error).message}`);
        return undefined;
    }
}

/**
 * What a plan depends on: the stack's settings, and the state, which has the time of its last change.
 *
 * @throws Error if the state does not have the time
 */
export async function basisOf(stack: string): Promise<string> {
    const { time } = (await readState(stack)).deployment.manifest ?? {};
    if (time === undefined) {
        throw new Error(`the state of ${stack} does not say when it changed`);
    }
    return `${time}\n${readFileSync(stackFile(stack), "utf8")}`;
}
