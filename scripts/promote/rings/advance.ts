import type { Release } from "../../../clusters/releases";
import { type Pin, pinText, revisionPin } from "../../../settings/pins";
import type { Pins, Rules, World } from "./world";

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

/** The clusters that the release watches so far: what it has moved, and what its rings had at the revision before. */
export function watchedIn({ moved, rings, ring }: Release): string[] {
    return [...new Set([...moved, ...rings.slice(0, ring + 1).flatMap(({ has }) => has)])];
}

/** Whether a cluster with the revision has neither failed nor been skipped. */
export function hasProved(release: Release): boolean {
    const { failed, skipped } = release;
    return watchedIn(release).some((name) => failed[name] === undefined && skipped[name] === undefined);
}

/** The clusters that got another revision after the release had begun: neither its own nor the one that they had. */
export function overtakenIn({ revision, before }: Release, pins: Pins): string[] {
    return Object.keys(before).filter((name) => {
        const pin = pins[name];
        return pin !== undefined && ![revision, pinText(before[name] ?? {})].includes(pinText(pin));
    });
}

/**
 * The pins that a release has given to the clusters that it has reached, or has given back to them. A checkout on
 * another machine does not have them yet.
 *
 * @param pins on the hub now: of a cluster that got another revision meanwhile, the stack file keeps what it has
 */
export function pinsOf(release: Release, pins: Pins): Record<string, Pin> {
    const { state, revision, rings, ring, begun, moved, before } = release;
    const reached = new Set([...rings.slice(0, begun ? ring + 1 : ring).flatMap(({ clusters }) => clusters), ...moved]);
    overtakenIn(release, pins).forEach((name) => reached.delete(name));
    const isBack = state === "going back" || state === "back";
    const pinOf = (name: string) => (isBack ? (before[name] ?? {}) : revisionPin(revision));
    return Object.fromEntries([...reached].map((name) => [name, pinOf(name)]));
}
