import type { Release } from "../../../clusters/releases";
import { milliseconds } from "../../../settings/duration";
import { pinText } from "../../../settings/pins";
import { overtakenIn, pinsOf } from "./advance";
import { isBack } from "./judge";
import { describe } from "../describe";
import { moveAsOwn } from "./ownMove";
import type { Pins, Rules, World } from "./world";

/** Time between two looks at the clusters, in milliseconds. */
const pollMs = 5_000;

/**
 * Takes a release back: the pins of every cluster that it has changed are as before, on the hub and in the stack file,
 * and the clusters that answer are waited for. What does not become Healthy by itself is named; a second way back would
 * not help it. A cluster that got another revision meanwhile keeps that, and is named too.
 */
export async function goBack(world: World, rules: Rules, release: Release): Promise<void> {
    const { revision } = release;
    const pins = await world.pins();
    const overtaken = overtakenIn(release, pins).filter((name) => release.moved.includes(name));
    const moved = release.moved.filter((name) => !overtaken.includes(name));
    const on = moved.filter((name) => world.clusters[name]?.pin !== undefined);
    world.say(`going back from ${revision} on ${on.length} clusters: ${on.join(", ")}`);
    const move = { pins: pinsOf(release, pins), on, replaces: revision };
    if (!(await moveAsOwn(world, rules, { ...release, moved }, move, await world.dead(0)))) {
        return;
    }
    const unhealthy = await waitUntilBack(world, release, on);
    if (await hasAgain(world, release, on)) {
        return;
    }
    await world.change((now) => {
        const isOwn = now?.runner === rules.runner && now.state === "going back";
        const why = [
            release.why ?? [],
            unhealthy.map((line) => `not Healthy after the way back: ${line}`),
            overtaken.map((name) => `${name} keeps ${pinText(pins[name] ?? {})}, which it got after the release had begun`),
        ].flat();
        return isOwn ? { ...now, state: "back", why: why.join("\n") } : (now ?? release);
    });
}

/** Whether a `pulumi up` that another process had begun before the way back has brought the revision up after it. */
async function hasAgain(world: World, { before, revision }: Release, names: readonly string[]): Promise<boolean> {
    const pins = await world.pins();
    const has = (all: Pins, name: string) => pinText(all[name] ?? {}) === revision;
    const late = names.filter((name) => has(pins, name) && !has(before, name));
    if (late.length > 0) {
        world.say(`${late.join(", ")} got ${revision} after that, by a process that had begun with it before`);
    }
    return late.length > 0;
}

/** @returns a line for each cluster that is not Healthy at its pin in time, without those that do not answer */
async function waitUntilBack(
    world: World,
    { before, revision, timeout }: Release,
    names: readonly string[],
): Promise<string[]> {
    const deadline = world.now() + milliseconds(timeout);
    for (;;) {
        const [applications, dead] = await Promise.all([world.applications(), world.dead(30_000)]);
        const waiting = names.flatMap((name) => {
            const cluster = world.clusters[name];
            if (cluster === undefined || cluster.quarantined || !cluster.runs || name in dead) {
                return [];
            }
            const found = applications.find(({ metadata }) => metadata.name === cluster.application);
            const isThere = found !== undefined && isBack(found, before[name] ?? {}, revision);
            return isThere ? [] : [found === undefined ? `${cluster.application} does not exist` : describe(found)];
        });
        if (waiting.length === 0 || world.now() >= deadline) {
            return waiting;
        }
        await world.sleep(pollMs);
    }
}
