import { besideUnreachable } from "../../preflight/unreachable";
import type { Pin } from "../../settings/pins";
import { planExactly, upAsPlanned } from "../support/exactUp";
import { inFolder } from "../support/folder";
import { inParallel } from "../support/inParallel";
import { setPins, stacksAtOnce } from "../support/stackFile";
import { byStack, type EnvironmentStack } from "../support/stacks";
import { promotionOwns, promotionTargets } from "./owns";
import { withRollback } from "./target";

/** Pins of an application that move. */
export interface PinMove {
    readonly application: string;
    /** The operation, for errors: "the promotion". */
    readonly operation: string;
    /** By the cluster's name; the stack file gets all of them. */
    readonly pins: Readonly<Record<string, Pin>>;
    /** Clusters whose pins move on the hub too. */
    readonly on: readonly string[];
    /** Clusters that are not connected to meanwhile. */
    readonly dead?: readonly string[];
    /** Is called directly before each stack is brought up; its error ends the move. */
    readonly ready?: () => Promise<void>;
}

/**
 * Moves pins by exact plans of all stacks that have the clusters, of which none is brought up before all are planned.
 *
 * @param work is called when everything is planned, and brings the stacks up by its argument
 * @throws Error as `planExactly`
 */
export async function movePins(
    target: EnvironmentStack,
    { application, operation, pins, on, dead = [], ready }: PinMove,
    work: (bringUp: () => Promise<unknown>) => Promise<void>,
): Promise<void> {
    const accepted = await withRollback(target, application, pins);
    const ups = byStack(target, on).map(([stack, own]) => ({
        stack,
        operation,
        edit: (file: string) => setPins(file, application, accepted),
        owns: promotionOwns(application, own),
        targets: promotionTargets(own),
        env: besideUnreachable(dead),
    }));
    const atOnce = stacksAtOnce(ups.map(({ stack }) => stack));
    await inFolder(async (folder) => {
        await inParallel(ups, atOnce, (up) => planExactly(up, folder));
        const bringUp = () => inParallel(ups, atOnce, async (up) => {
            await ready?.();
            await upAsPlanned(up, folder);
        });
        await work(bringUp);
    });
}
