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

/**
 * The clusters that got another revision after the release had begun: neither its own nor the one that they had. Where
 * the pins of a ring have moved, that one is another too: a person went back to it. One without a pin has none to keep.
 */
export function overtakenIn(release: Release, pins: Pins): string[] {
    const { revision, before } = release;
    const out = outIn(release);
    return Object.keys(before).filter((name) => {
        const pin = pins[name];
        const expected = out.includes(name) ? [revision] : [revision, pinText(before[name] ?? {}), undefined];
        return pin !== undefined && !expected.includes(pinText(pin));
    });
}

/** The clusters that must have the revision: the pins of their rings have moved, and the release does not go back. */
function outIn(release: Release): string[] {
    const { rings, ring, movedAt, moved, skipped } = release;
    const done = rings.slice(0, movedAt === undefined ? ring : ring + 1).flatMap(({ clusters }) => clusters);
    // The pin of a cluster that was tried before it died has not moved.
    return goesBack(release) ? [] : moved.filter((name) => done.includes(name) && skipped[name] === undefined);
}

function goesBack({ state }: Release): boolean {
    return state === "going back" || state === "back";
}

/**
 * The pins that a release has given to the clusters that it has reached, or has given back to them. A checkout on
 * another machine does not have them yet. In a ring whose pins are about to move, those that have not moved are as
 * before: with a stack file that has them already, the next `pulumi up` would move the ring without its gates.
 *
 * @param pins on the hub now
 */
export function pinsOf(release: Release, pins: Pins): Record<string, Pin> {
    const { revision, rings, ring, movedAt, before } = release;
    const all = pinsAfterMove(release, pins);
    const moving = movedAt === undefined ? (rings[ring]?.clusters ?? []) : [];
    const left = moving.filter((name) => name in all && pinText(pins[name] ?? {}) !== revision);
    return { ...all, ...Object.fromEntries(left.map((name) => [name, before[name] ?? {}])) };
}

/**
 * The same when the pins of the present ring have moved, if that has begun.
 *
 * @param pins on the hub now: of a cluster that got another revision meanwhile, the stack file keeps what it has
 */
export function pinsAfterMove(release: Release, pins: Pins): Record<string, Pin> {
    const { revision, rings, ring, begun, moved, before } = release;
    const reached = new Set([...rings.slice(0, begun ? ring + 1 : ring).flatMap(({ clusters }) => clusters), ...moved]);
    overtakenIn(release, pins).forEach((name) => reached.delete(name));
    const pinOf = (name: string) => (goesBack(release) ? (before[name] ?? {}) : revisionPin(revision));
    return Object.fromEntries([...reached].map((name) => [name, pinOf(name)]));
}
