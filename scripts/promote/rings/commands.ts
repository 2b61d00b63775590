import { isUnderWay, type Release, usualTimeout } from "../../../clusters/releases";
import { InputError } from "../../../settings/inputError";
import { pinText, revisionPin } from "../../../settings/pins";
import type { RingSettings } from "../../../settings/rings";
import { overtakenIn, watchedIn } from "./advance";
import { ringsOf } from "./choice";
import { overtakenLine, summary } from "./report";
import type { Cluster, Rules, World } from "./world";

/** What a person may do with a release that has begun. */
export const actions = ["resume", "approve", "pause", "back", "status"] as const;

export type Action = (typeof actions)[number];

/**
 * Begins a release, and records its rings and the present pins: later changes of the settings do not change it.
 *
 * @returns whether there is anything to move
 * @throws InputError if a release is under way, if no cluster to move answers, or if a ring chooses no cluster
 */
export async function begin(
    world: World,
    { runner, command, timeout = usualTimeout }: Rules,
    revision: string,
    rules: RingSettings["rings"],
): Promise<boolean> {
    const entries = Object.entries(world.clusters);
    const candidates = entries.map(([name, cluster]) => {
        return { ...cluster, name, has: pinText(cluster.pin ?? {}) === revision };
    });
    const toMove = candidates.filter(({ has }) => !has).map(({ name }) => name);
    if (toMove.length === 0) {
        await world.write(Object.fromEntries(entries.map(([name]) => [name, revisionPin(revision)])));
        return false;
    }
    const dead = await world.dead(0);
    if (toMove.every((name) => name in dead)) {
        const lines = toMove.map((name) => `\n  ${name}: ${dead[name]}`).join("");
        throw new InputError(`none of the clusters that lack ${revision} answers, so nothing was changed:${lines}`);
    }
    const at = new Date(world.now()).toISOString();
    const rings = ringsOf(rules, candidates);
    // A cluster without a pin on the hub goes back to that of the stack file: a protected environment needs one.
    const pinBefore = ({ pin = {}, filePin }: Cluster) => (pinText(pin) === undefined ? filePin : pin);
    const before = Object.fromEntries(entries.map(([name, cluster]) => [name, pinBefore(cluster)]));
    const first = { state: "running", ring: 0, approved: false, begun: false, timeout } as const;
    await world.change((found) => {
        if (isUnderWay(found)) {
            throw new InputError(summary(found, command).join("\n"));
        }
        return { ...first, revision, at, runner, rings, before, moved: [], skipped: {}, failed: {} };
    });
    return true;
}

/**
 * Continues a release that is under way, in the place of the process that drove it.
 *
 * @throws InputError if a person has to decide first
 */
export async function takeOver(world: World, rules: Rules): Promise<void> {
    await act(world, rules, ["running", "going back", "approval"], () => takenOver(world, rules));
}

/** Does what a person has decided; the release is to be driven on then, except after `pause` and `status`. */
export async function decide(world: World, rules: Rules, action: Action): Promise<void> {
    const { runner } = rules;
    switch (action) {
        case "status":
            return;
        case "pause":
            return act(world, rules, ["running", "approval"], () => ({ state: "paused", why: "a person paused it" }));
        case "resume":
            await refuseOvertaken(world, rules);
            return act(world, rules, ["running", "going back", "paused"], ({ state }) => ({
                ...(state === "paused" ? { state: "running", why: undefined, failure: undefined } : {}),
                ...takenOver(world, rules),
            }));
        case "approve":
            await refuseOvertaken(world, rules);
            return act(world, rules, ["approval"], () => ({ state: "running", approved: true, runner }));
        case "back":
            await refuseChangedSince(world);
            return act(world, rules, ["running", "approval", "paused", "going back", "done"], ({ why }) => ({
                state: "going back",
                why: why ?? "a person took it back",
                runner,
            }));
    }
}

/** What changes when this process drives a release on: its ring has its time again. */
function takenOver(world: World, { runner }: Rules): Partial<Release> {
    return { runner, resumedAt: new Date(world.now()).toISOString() };
}

/** Changes the record of the release if it is in one of these states; it gets the time limit that the user gives. */
async function act(
    world: World,
    { command, timeout }: Rules,
    states: readonly Release["state"][],
    next: (release: Release) => Partial<Release>,
): Promise<void> {
    await world.change((release) => {
        if (release === undefined) {
            throw new InputError(`there is no release. Begin one: ${command} --from STACK`);
        }
        if (!states.includes(release.state)) {
            throw new InputError(`this is not possible now. ${summary(release, command).join("\n")}`);
        }
        return { ...release, timeout: timeout ?? release.timeout, ...next(release) };
    });
}

/** A release does not go on over a revision that one of its clusters got meanwhile; a way back leaves that alone. */
async function refuseOvertaken(world: World, { command }: Rules): Promise<void> {
    const release = await world.read();
    if (isUnderWay(release) && release.state !== "going back") {
        const own = [...watchedIn(release), ...(release.rings[release.ring]?.clusters ?? [])];
        const names = overtakenIn(release, await world.pins()).filter((name) => own.includes(name));
        if (names.length > 0) {
            throw new InputError(overtakenLine(release, names, command));
        }
    }
}

/** A release that is done may be taken back as long as nothing came after it. */
async function refuseChangedSince(world: World): Promise<void> {
    const release = await world.read();
    if (release?.state !== "done") {
        return;
    }
    const pins = await world.pins();
    const changed = release.moved.filter((name) => {
        const pin = pins[name];
        return pin !== undefined && pinText(pin) !== release.revision;
    });
    if (changed.length > 0) {
        const names = changed.join(", ");
        throw new InputError(`${names} got another revision after the release of ${release.revision}. Promote instead`);
    }
}
