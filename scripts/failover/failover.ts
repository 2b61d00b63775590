import { hostname, userInfo } from "node:os";
import { milliseconds } from "../../settings/duration";
import { allOf } from "../../preflight/problems";
import { inFolder } from "../support/folder";
import { say } from "../support/main";
import { type AutomaticRules, automaticRefusal } from "../failoverReceiver/automatic";
import type { Findings } from "./checks";
import { examine, look } from "./examine";
import { type FailoverCluster, type FailoverHub, readClusters, readHub } from "./clusters";
import { basisOf, checkAhead, type Checked, type Due, waitUntilDue } from "./ahead";
import { runHook } from "./hook";
import { takeLock, waitUntilFree } from "./lock";
import { waitUntilItResolves, whereItPoints } from "./names";
import { type Destination, planPublication, publish } from "./publish";
import { whyNotServing } from "./probe";
import { announce, writeMoves } from "./record";
import { describeMove, type Move, moveId, readMoves } from "../../clusters/moves";
import { contradictedActive } from "../../preflight/recorded";
import { withPatience } from "./patience";

/** A requested failover. */
export interface Request {
    /** The hub's stack. */
    readonly stack: string;
    /** The target cluster; `back` means the cluster that users left in the last move. */
    readonly to: string | { readonly back: true };
    readonly why: string;
    readonly dryRun: boolean;
    /** Whether no person requested it: the rules for automatic moves in the settings apply. */
    readonly automatic: boolean;
    /** When to move; undefined means now. Until then the move is planned, and nothing is changed. */
    readonly due?: Due;
    /** DNS server to query, as `address:port`; undefined means the machine's DNS server. */
    readonly resolver: string | undefined;
    /** Limit for the name to resolve to the new cluster, in seconds. */
    readonly seconds: number;
}

/** The rules of automatic moves, from the hub's settings. */
export function automaticRules({ traffic, settings }: FailoverHub): AutomaticRules {
    const { enabled, after, coolDown } = traffic.automatic;
    return {
        enabled,
        afterMs: milliseconds(after),
        coolDownMs: milliseconds(coolDown),
        unreachableForMs: milliseconds(settings.alerts.unreachableFor),
    };
}

/**
 * Sends users to another cluster, after checks, and records it. It changes nothing, and does not run the database's
 * hook, until the checks and the preview of the move have passed. After a failure, run it again: it continues.
 *
 * @throws Error that says what forbids it, or where it stopped
 */
export async function failover(request: Request): Promise<void> {
    const hub = await withPatience("the hub", () => readHub(request.stack));
    const { latest, acknowledge, moves, from, to } = await destination(hub, request);
    const publishing = { active: to.name, acknowledge };
    if (request.automatic) {
        await refuseAutomatic(hub, moves, from);
    }
    if (request.dryRun) {
        await rehearse(hub, from, to, publishing, request.resolver);
        return;
    }
    await inFolder(async (plan) => {
        const ahead = request.due && (await checkAhead(hub.stack, () => check(hub, from, to, publishing, plan)));
        if (request.due) {
            await waitUntilDue(request.due);
            await refuseAutomatic(hub, moves, from);
        }
        const by = process.env.GITHUB_ACTOR ?? `${userInfo().username}@${hostname()}`;
        const lock = await withPatience("the hub", () =>
            takeLock(hub.address, hub.namespace, `${by}: ${from.name} to ${to.name}`),
        );
        try {
            await withPatience("the hub", () => refuseAnotherMove(hub, latest));
            const begun = Date.now();
            const known = ahead && (await stillPossible(hub, from, to, ahead));
            const unknown = known ?? (await check(hub, from, to, publishing, plan));
            const move = {
                at: new Date(begun).toISOString(),
                by,
                from: from.name,
                to: to.name,
                why: request.why,
                automatic: request.automatic,
                state: "begun",
                ...(unknown.length > 0 && { unknown: unknown.join("; ") }),
            } as const;
            await record(hub, "FailoverBegun", move, moves);
            await runHook(hub.traffic.hooks.database, move);
            await withPatience("the hub", () => lock.check());
            await publish(hub, publishing, plan);
            const { resolver: server, seconds: limit } = request;
            await waitUntilItResolves(hub.usersName, to.agentName, { server, seconds: limit });
            const seconds = (Date.now() - begun) / 1000;
            say(`${hub.usersName} resolves to ${to.agentName}, ${seconds.toFixed(1)} s after the decision`);
            await record(hub, "FailoverDone", { ...move, state: "done", seconds }, moves);
        } finally {
            await lock.release().catch((error: Error) => say(`the lock was not released: ${error.message}`));
        }
    });
    sayWhatRemains(hub, from, to);
}

/** The cluster that users leave, and the target. */
async function destination(hub: FailoverHub, { to: wanted }: Request) {
    const moves = await withPatience("the hub", () => readMoves(hub.address, hub.namespace));
    const { active } = hub;
    const last = moves.find((move) => move.to === active);
    const to = typeof wanted === "string" ? wanted : last?.from;
    if (to === undefined) {
        throw new Error(`users are on ${active}, and no move to ${active} is recorded. Name the target with --to`);
    }
    // A move that stopped after the change of the stack file continues with its original source.
    const half = moves[0]?.state === "begun" && moves[0].to === to ? moves[0] : undefined;
    if (to === active && half === undefined) {
        throw new Error(`users are already on ${to} (hubspoke:traffic.active)`);
    }
    const names = [to === active ? (half?.from ?? active) : active, to];
    const [from, target] = await withPatience("the hub", () => readClusters(hub, names));
    const latest = moves[0];
    const after = { traffic: { ...hub.traffic, active: to } };
    const acknowledge = latest && contradictedActive(after, moves, active).length > 0 ? moveId(latest) : undefined;
    return { latest, acknowledge, moves: half === undefined ? moves : moves.slice(1), from: from!, to: target! };
}

/** Another run may have held the lock, and completed a move after this run read the record. */
async function refuseAnotherMove(hub: FailoverHub, latest: Move | undefined): Promise<void> {
    const [now] = await readMoves(hub.address, hub.namespace);
    if (now !== undefined && JSON.stringify(now) !== JSON.stringify(latest)) {
        throw new Error(`another run is moving users, or has moved them: ${describeMove(now)}. Nothing was changed. Decide again`);
    }
}

async function refuseAutomatic(hub: FailoverHub, moves: readonly Move[], from: FailoverCluster): Promise<void> {
    const refusal = automaticRefusal(automaticRules(hub), moves, Date.now());
    if (refusal !== undefined) {
        throw new Error(`no automatic move: ${refusal}`);
    }
    if ((await whyNotServing(from.probeUrl)) === undefined) {
        throw new Error(`no automatic move: ${from.name} serves users, as seen from here`);
    }
}

/**
 * Checks in parallel everything that can forbid the move: the clusters, and Pulumi, which must be able to move the
 * name.
 *
 * @returns what could not be checked, but does not forbid the move
 * @throws InputError with every reason
 */
async function check(
    hub: FailoverHub,
    from: FailoverCluster,
    to: FailoverCluster,
    publishing: Destination,
    plan: string,
): Promise<readonly string[]> {
    const [{ good, unknown }] = await allOf([
        () => examined(examine, hub, from, to),
        () => withPatience("the hub", () => planPublication(hub, publishing, plan)),
    ]);
    [...good, "pulumi can move the name, and would change nothing else", ...unknown].forEach((finding) =>
        say(`${to.name}: ${finding}`),
    );
    return unknown;
}

/**
 * Whether a move that was checked ahead is still possible, without the slow checks.
 *
 * @returns what could not be checked; undefined if the stack or its settings have changed: then check all again
 * @throws Error with every reason against the move
 */
async function stillPossible(
    hub: FailoverHub,
    from: FailoverCluster,
    to: FailoverCluster,
    { basis, unknown }: Checked,
): Promise<readonly string[] | undefined> {
    const [now] = await allOf([() => basisOf(hub.stack), () => examined(look, hub, from, to)]);
    return now === basis ? unknown : undefined;
}

async function examined(
    how: typeof examine,
    hub: FailoverHub,
    from: FailoverCluster,
    to: FailoverCluster,
): Promise<Findings> {
    const findings = await withPatience("the hub", () => how(hub, from, to));
    if (findings.problems.length > 0) {
        throw new Error(`users stay on ${from.name}:\n${findings.problems.map((problem) => `  ${problem}`).join("\n")}`);
    }
    return findings;
}

async function rehearse(
    hub: FailoverHub,
    from: FailoverCluster,
    to: FailoverCluster,
    publishing: Destination,
    resolver: string | undefined,
): Promise<void> {
    await waitUntilFree(hub.address, hub.namespace);
    await inFolder((plan) => check(hub, from, to, publishing, plan));
    const { database } = hub.traffic.hooks;
    [
        `${hub.usersName} points to ${await whereItPoints(hub.usersName, resolver)}. Nothing was changed. Without --dry-run this would:`,
        `  write the move into the ConfigMap failover-record on the hub, and an Event`,
        `  run for the database: ${database === undefined ? "nothing (traffic.hooks.database is not set)" : database.join(" ")}`,
        `  set hubspoke:traffic.active to ${to.name} in the stack file of ${hub.stack}, and run pulumi up for that DNS record only`,
        `  wait until ${hub.usersName} resolves to ${to.agentName}`,
    ].forEach(say);
}

async function record(
    hub: FailoverHub,
    reason: "FailoverBegun" | "FailoverDone",
    move: Move,
    earlier: readonly Move[],
): Promise<void> {
    await withPatience("the hub", async () => {
        await writeMoves(hub.address, hub.namespace, [move, ...earlier]);
        await announce(hub.address, hub.namespace, reason, move);
    });
}

function sayWhatRemains({ stack, traffic, usersName }: FailoverHub, from: FailoverCluster, to: FailoverCluster): void {
    [
        `Users of ${usersName} go to ${to.name}. What remains:`,
        `  commit the stack file of ${stack}: pulumi refuses to bring the hub up from a checkout without the move`,
        traffic.hooks.database === undefined
            ? `  the database: no hook was run. Make ${to.name}'s database the primary, and ${from.name}'s read-only`
            : `  the database: the hook has run. Make sure that ${from.name} cannot write to it`,
        `  DNS caches: some users still reach ${from.name} for up to ${traffic.ttl} s`,
        `  the way back: users do not move back automatically. Use npm run failover -- --back`,
    ].forEach(say);
}
