import type { Release } from "../../../clusters/releases";
import { milliseconds } from "../../../settings/duration";
import { hasLeft, hasProved, watchedIn } from "./advance";
import { observationOf, stateOf } from "./gates";
import { judge, type Verdict } from "./judge";
import type { ByCluster, Rules, World } from "./world";

/** How the present ring stands. `unproved`: no cluster is left that could prove the revision. */
export type RingState =
    | { readonly is: "done"; readonly failed: ByCluster; readonly skipped: ByCluster }
    | { readonly is: "unproved"; readonly why: string }
    | { readonly is: "failed"; readonly why: string }
    | { readonly is: "waiting"; readonly seen: string };

/** While a ring has time left, an answer of the clusters this old is enough, in milliseconds. */
const recentMs = 30_000;

/** A ring whose pins have moved, at one moment. */
interface Moment {
    readonly now: number;
    /** When the pins had moved. */
    readonly sinceMs: number;
    /** Whether the ring has no time left. */
    readonly isLate: boolean;
}

/**
 * How a ring stands whose pins have moved. The clusters of the rings before are watched too: one that fails now counts.
 * A cluster that does not answer is skipped; it neither fails nor proves anything.
 */
export async function stateOfRing(world: World, rules: Rules, release: Release): Promise<RingState> {
    const { gates } = rules;
    const { movedAt = "", resumedAt = movedAt, timeout } = release;
    const now = world.now();
    const sinceMs = Date.parse(movedAt);
    const soakMs = milliseconds(ringOf(release).soak);
    const longest = Math.max(soakMs, ...gates.map(observationOf));
    // After a long pause, the first look would find no time left.
    const beginMs = Math.max(sinceMs, Date.parse(resumedAt));
    const moment = { now, sinceMs, isLate: now >= beginMs + milliseconds(timeout) + longest };
    const verdicts = await verdictsOf(world, release, { ...moment, soakMs });
    const parked = Object.entries(world.clusters).flatMap(([name, { quarantined }]) => (quarantined ? [name] : []));
    const recent = healthOf(release, verdicts, { parked, dead: await world.dead(recentMs) }, moment);
    const health =
        recent.is === "waiting" ? recent : healthOf(release, verdicts, { parked, dead: await world.dead(0) }, moment);
    if (health.is === "failed") {
        return health;
    }
    const asked = await gatesOf(world, rules, release, moment);
    return asked.is === "failed" || health.is === "done" ? { ...health, ...asked } : health;
}

/** The present ring. */
export function ringOf({ rings, ring }: Release): Release["rings"][number] {
    const found = rings[ring];
    if (found === undefined) {
        throw new Error(`the release has no ring ${ring + 1}`);
    }
    return found;
}

type Named = { readonly name: string } & Verdict;

async function verdictsOf(
    world: World,
    release: Release,
    moment: Moment & { readonly soakMs: number },
): Promise<Named[]> {
    const { revision, moved, skipped, failed } = release;
    const applications = await world.applications();
    const watched = watchedIn(release).filter((name) => skipped[name] === undefined && failed[name] === undefined);
    return watched.flatMap((name) => {
        const cluster = world.clusters[name];
        // What had the revision before may have proved it before.
        const facts = { ...moment, revision, sinceMs: moved.includes(name) ? moment.sinceMs : 0 };
        return cluster === undefined ? [] : [{ name, ...judge(cluster.application, applications, facts) }];
    });
}

/**
 * How the clusters stand, apart from the gates.
 *
 * @param parked clusters that have come into quarantine since their pins moved
 */
function healthOf(
    release: Release,
    verdicts: readonly Named[],
    { parked, dead }: { readonly parked: readonly string[]; readonly dead: ByCluster },
    { isLate }: Moment,
): RingState {
    const { clusters, has, maxFailed } = ringOf(release);
    const isOwn = ({ name }: Named) => clusters.includes(name) || has.includes(name);
    const alive = verdicts.filter(({ name }) => !(name in dead) && !parked.includes(name));
    const own = alive.filter(isOwn);
    const failing = alive.filter((one) => one.is === "failed" || (isLate && own.includes(one) && one.is !== "proved"));
    if (failing.length > maxFailed) {
        const lines = failing.map((one) => `\n  ${inWords(one)}`).join("");
        return { is: "failed", why: `${failing.length} of its clusters failed, and ${maxFailed} may fail:${lines}` };
    }
    const open = own.filter((one) => one.is !== "proved" && !failing.includes(one));
    if (open.length > 0) {
        return { is: "waiting", seen: open.map(inWords).join("\n") };
    }
    const failed = Object.fromEntries(failing.map((one) => [one.name, inWords(one)])) as ByCluster;
    const quarantined = Object.fromEntries(parked.map((name) => [name, "is in quarantine"])) as ByCluster;
    const away = { ...dead, ...quarantined };
    const gone = verdicts.filter(({ name }) => name in away);
    const skipped = Object.fromEntries(gone.map(({ name }) => [name, away[name]])) as ByCluster;
    const died = gone.filter((one) => isOwn(one) && one.name in dead);
    const after = { ...release, failed: { ...release.failed, ...failed }, skipped: { ...release.skipped, ...skipped } };
    // At the end nobody has to prove it again, unless its clusters died of it.
    const isEnough = !hasLeft(release) && died.length === 0 && hasProved(after);
    if (isEnough || own.some((one) => one.is === "proved")) {
        return { is: "done", failed, skipped };
    }
    const lines = died.map(({ name }) => `\n  ${name}: ${dead[name]}`).join("");
    return { is: "unproved", why: `no cluster is left that could prove ${release.revision}${lines}` };
}

/** How the gates stand: nothing if they are open. */
async function gatesOf(
    world: World,
    { gates }: Rules,
    release: Release,
    moment: Moment,
): Promise<{ is?: undefined } | Extract<RingState, { is: "failed" | "waiting" }>> {
    const names = watchedIn(release).flatMap((name) => world.clusters[name]?.argoCdName ?? []).sort();
    const states = await Promise.all(gates.map((gate) => stateOf(gate, names, moment, world.askSeries)));
    const seen = states.flatMap((state) => ("seen" in state ? [state.seen] : []));
    const failed = states.flatMap((state) => ("failed" in state ? [state.failed] : []));
    const problems = moment.isLate ? [...failed, ...seen] : failed;
    if (problems.length > 0) {
        return { is: "failed", why: problems.join("\n") };
    }
    return seen.length > 0 ? { is: "waiting", seen: seen.join("\n") } : {};
}

function inWords(one: Named): string {
    switch (one.is) {
        case "proved":
            return `${one.name}: Synced and Healthy`;
        case "soaking":
            return `${one.name}: ${Math.ceil(one.remainingMs / 1000)} s of the soak time remain`;
        case "failed":
        case "waiting":
            return `${one.name}: ${one.why}`;
    }
}
