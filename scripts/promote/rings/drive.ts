import type { Release } from "../../../clusters/releases";
import { InputError } from "../../../settings/inputError";
import { advance, nextRing, pinsOf } from "./advance";
import { goBack } from "./back";
import { moveRing } from "./moveRing";
import { ringName, summary } from "./report";
import { ringOf, stateOfRing } from "./ring";
import type { Rules, World } from "./world";

/** Time between two looks at a ring, in milliseconds. */
const pollMs = 5_000;

/**
 * Drives a release to its end, or to where a person has to decide. Each step begins with the hub's record and ends by
 * changing it, so that another process, on any machine, can continue at any moment; the one that came last does.
 *
 * @returns the record as it is left: done, back, paused, or before an approval
 * @throws Error if another process took over, or something other than the release failed: then it can be continued
 */
export async function drive(world: World, rules: Rules): Promise<Release> {
    let said = "";
    for (;;) {
        const release = await ownRelease(world, rules);
        switch (release.state) {
            case "running":
                break;
            case "going back":
                await goBack(world, rules, release);
                continue;
            case "approval":
            case "paused":
            case "done":
            case "back":
                await world.write(pinsOf(release, await world.pins()));
                summary(release, rules.command).forEach(world.say);
                return release;
        }
        if (release.ring === release.rings.length) {
            await advance(world, rules, () => ({ state: "done" }));
        } else if (!release.begun) {
            await begin(world, rules, release);
        } else if (release.movedAt === undefined) {
            await moveRing(world, rules, release);
        } else {
            const seen = await lookAt(world, rules, release);
            if (seen !== undefined) {
                said = sayOnce(world, said, seen);
                await world.sleep(pollMs);
            }
        }
    }
}

/** The record, if this process drives it. */
async function ownRelease(world: World, { runner }: Rules): Promise<Release> {
    const release = await world.read();
    if (release?.runner !== runner) {
        throw new InputError("another run of this command has taken over the release. This one ends; nothing is lost");
    }
    return release;
}

/** Begins with a ring, or asks for the approval that it needs. */
async function begin(world: World, rules: Rules, release: Release): Promise<void> {
    const { clusters, has, approve } = ringOf(release);
    if (clusters.length + has.length === 0) {
        const rest = "the ring before has its soak time, if that is longer, and the next one its approval";
        world.say(`${ringName(release)} has no cluster, since those before are its share: ${rest}`);
        await advance(world, rules, nextRing);
    } else if (approve && !release.approved) {
        await advance(world, rules, () => ({ state: "approval" }));
    } else {
        const { revision } = release;
        const gets = clusters.length === 0 ? [] : `${clusters.length} clusters get ${revision}: ${clusters.join(", ")}`;
        const had = has.length === 0 ? [] : `${has.length} have ${revision} already: ${has.join(", ")}`;
        world.say(`${ringName(release)}: ${[gets, had].flat().join("; ")}`);
        await advance(world, rules, () => ({ begun: true }));
    }
}

/** @returns what the ring waits for; undefined if the record has changed */
async function lookAt(world: World, rules: Rules, release: Release): Promise<string | undefined> {
    const state = await stateOfRing(world, rules, release);
    const name = ringName(release);
    if (state.is === "waiting") {
        return state.seen;
    }
    if (state.is === "failed") {
        const why = `${name} failed: ${state.why}`;
        world.say(why);
        const next = rules.onFailure === "back" ? "going back" : "paused";
        await advance(world, rules, () => ({ state: next, why, failure: true }));
        return undefined;
    }
    if (state.is === "unproved") {
        await advance(world, rules, () => ({ state: "paused", why: `${name}: ${state.why}`, failure: true }));
        return undefined;
    }
    await advance(world, rules, (now) => ({
        ...{ failed: { ...now.failed, ...state.failed }, skipped: { ...now.skipped, ...state.skipped } },
        ...nextRing(now),
    }));
    world.say(`${name} is done`);
    return undefined;
}

function sayOnce({ say }: World, before: string, seen: string): string {
    const lines = seen.replace(/\d+ s of/g, "… s of");
    if (lines !== before) {
        say(seen);
    }
    return lines;
}
