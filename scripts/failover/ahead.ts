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

/**
 * Plans a move before it is due, so that the plan costs users no time.
 *
 * @param plan makes the plan
 * @returns what the plan depends on; undefined if it could not be made, for a reason that the checks will find again
 */
export async function planAhead(stack: string, plan: () => Promise<void>): Promise<string | undefined> {
    try {
        await plan();
        return await basisOf(stack);
    } catch (error) {
        say(`the move cannot be planned yet: ${(error as Error).message}`);
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
