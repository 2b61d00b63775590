import type { Release } from "../../../clusters/releases";
import { advance, hasLeft, hasProved, overtakenIn, pinsAfterMove, watchedIn } from "./advance";
import { moveAsOwn } from "./ownMove";
import { overtakenLine, ringName } from "./report";
import { ringOf } from "./ring";
import type { ByCluster, Rules, World } from "./world";

/** Moves the pins of a ring, and those of clusters that an earlier ring skipped and that answer again. */
export async function moveRing(world: World, rules: Rules, release: Release): Promise<void> {
    const { clusters: own, has } = ringOf(release);
    const members = [...own, ...has];
    const dead = await world.dead(0);
    const left = leftOut(world, members, dead);
    const returned = Object.keys(release.skipped).filter(
        (name) => !members.includes(name) && leftOut(world, [name], dead)[name] === undefined,
    );
    const on = [...own, ...returned].filter((name) => !(name in dead) && world.clusters[name]?.pin !== undefined);
    const moved = [...new Set([...release.moved, ...on])];
    const pinsNow = await world.pins();
    const watched = watchedIn({ ...release, moved });
    const overtaken = overtakenIn(release, pinsNow).filter((name) => watched.includes(name));
    if (overtaken.length > 0) {
        const why = `${ringName(release)}: ${overtakenLine(release, overtaken, rules.command)}`;
        await advance(world, rules, () => ({ state: "paused", why, failure: true }));
        return;
    }
    const all = Object.entries({ ...release.skipped, ...left });
    const skipped = Object.fromEntries(all.filter(([name]) => !returned.includes(name)));
    const next = { ...release, moved, skipped };
    if ([...on, ...has].every((name) => name in left) && (hasLeft(release) || !hasProved(next))) {
        const why = `${ringName(release)}: no cluster of it could prove ${release.revision}:\n${lines(left)}`;
        await advance(world, rules, () => ({ state: "paused", why, failure: true }));
        return;
    }
    if (Object.keys(left).length > 0) {
        world.say(`${ringName(release)} skips:\n${lines(left)}`);
    }
    const rings = release.rings.map((ring, index) => {
        const kept = ring.clusters.filter((name) => !returned.includes(name));
        return { ...ring, clusters: index === release.ring ? [...kept, ...returned] : kept };
    });
    // On record before the first pin moves, so that a way back misses none.
    if (!(await advance(world, rules, () => ({ moved, skipped, rings })))) {
        return;
    }
    const moving = { ...next, rings };
    const pins = pinsAfterMove(moving, pinsNow);
    if (await moveAsOwn(world, rules, moving, { pins, on }, dead)) {
        await advance(world, rules, () => ({ movedAt: new Date(world.now()).toISOString() }));
    }
}

/** Clusters that this release does not wait for, and why. */
function leftOut({ clusters }: World, names: readonly string[], dead: ByCluster): ByCluster {
    const entries = names.flatMap((name) => {
        const cluster = clusters[name];
        const why =
            cluster === undefined
                ? "is not in the settings any more"
                : cluster.pin === undefined
                  ? "is not registered on the hub yet: `pulumi up` does that, with the revision"
                  : cluster.quarantined
                    ? "is in quarantine: it gets the revision when that is lifted"
                    : !cluster.runs
                      ? 'does not run the application (deploy: "false")'
                      : name in dead
                        ? `${dead[name]}: it gets the revision with the next ring, release or \`pulumi up\` after it answers`
                        : undefined;
        return why === undefined ? [] : [[name, why]];
    });
    return Object.fromEntries(entries) as ByCluster;
}

function lines(byCluster: ByCluster): string {
    return Object.entries(byCluster).map(([name, why]) => `  ${name}: ${why}`).join("\n");
}
