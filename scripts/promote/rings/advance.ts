import type { Release } from "../../../clusters/releases";
import { type Pin, revisionPin } from "../../../settings/pins";
import type { Rules, World } from "./world";

/**
 * Changes the record of a release that is running and this process's own.
 *
 * @returns whether it has; one that a person has paused meanwhile stays as it is
 */
export async function advance(
    world: World,
    { runner }: Rules,
    next: (release: Release) => Partial<Release>,
): Promise<boolean> {
    const isOwn = (release: Release | undefined) => release?.runner === runner && release.state === "running";
    let isDone = false;
    await world.change((release) => {
        if (release === undefined) {
            throw new Error("the hub's record of the release is gone. Begin the release again");
        }
        isDone = isOwn(release);
        return isDone ? { ...release, ...next(release) } : release;
    });
    return isDone;
}

/** A release at the beginning of its next ring. */
export function nextRing({ ring }: Release): Partial<Release> {
    return { ring: ring + 1, approved: false, begun: false, movedAt: undefined };
}

/** Whether a ring after the present one has a cluster to move. */
export function hasLeft({ rings, ring }: Release): boolean {
    return rings.slice(ring + 1).some(({ clusters }) => clusters.length > 0);
}

/** Whether a cluster with the revision has neither failed nor been skipped. */
export function hasProved({ moved, failed, skipped }: Release): boolean {
    return moved.some((name) => failed[name] === undefined && skipped[name] === undefined);
}

/**
 * The pins that a release has given to the clusters that it has reached, or has given back to them. A checkout on
 * another machine does not have them yet.
 */
export function pinsOf({ state, revision, rings, ring, begun, moved, before }: Release): Record<string, Pin> {
    const reached = new Set([...rings.slice(0, begun ? ring + 1 : ring).flatMap(({ clusters }) => clusters), ...moved]);
    const isBack = state === "going back" || state === "back";
    const pinOf = (name: string) => (isBack ? (before[name] ?? {}) : revisionPin(revision));
    return Object.fromEntries([...reached].map((name) => [name, pinOf(name)]));
}
