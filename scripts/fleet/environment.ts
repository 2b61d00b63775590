import type { EnvironmentSettings } from "../../settings/environment";
import { InputError } from "../../settings/inputError";
import { chosenFor } from "../../components/applications/rooms";
import { hubOutputsOf } from "../support/stacks";
import { say } from "../support/main";
import { settingsAndPlaceOf } from "../support/pulumi";
import { stacksWithFile } from "../support/stackFile";
import { assign, type Assignment } from "./assign";
import { shardSize, thisMachine } from "../support/capacity";
import { type Holders, readHolders, refuseUnrecorded, unrecordedIn } from "../support/holders";
import { type Move, movesTo } from "./moves";
import { writeShards } from "./shardFile";

/** An environment that is larger than a stack. Contains credentials: never print it. */
export interface Fleet {
    /** The environment's stack, which has the settings. */
    readonly of: string;
    readonly settings: EnvironmentSettings;
    /** The clusters of each shard, as the stack files have them. */
    readonly recorded: Assignment;
    /** The same, with the clusters that have no shard yet. */
    readonly assignment: Assignment;
    readonly holders: Holders;
    /** Clusters that are in the state of another stack than their shard's. */
    readonly moves: readonly Move[];
}

/**
 * Reads an environment and its shards, and gives each cluster without a shard one. Changes nothing.
 *
 * @param size clusters in a new shard; by default counted from the applications and the memory
 * @param isPlan whether a shard without a stack file gets one with the clusters of its state; otherwise it is refused
 * @throws InputError if the stack is not an environment's, or this checkout lacks the stack file of a shard
 */
export async function readFleet(of: string, size: number | undefined, isPlan = false): Promise<Fleet> {
    const { settings, shard, shards } = await settingsAndPlaceOf(of);
    if (settings.role !== "environment" || shard !== undefined) {
        const kind = shard === undefined ? "the stack of the hub" : `a shard of ${shard.of}`;
        throw new InputError(`${of} is ${kind}. Name the stack of an environment`);
    }
    const recorded = Object.fromEntries(Object.entries(shards).map(([stack, { clusters }]) => [stack, clusters]));
    const holders = await readHolders(of);
    refuseUnrecorded(of, holders, isPlan ? Object.keys(settings.clusters) : []);
    const taken = [...stacksWithFile(), ...Object.keys(holders)];
    // A cluster that left the settings is in a state until an `up` removes it.
    const clusters = [...new Set([...Object.keys(settings.clusters), ...Object.values(holders).flat()])];
    const unrecorded = Object.fromEntries(unrecordedIn(of, holders).map((stack) => [stack, []]));
    const before = withUnlisted({ ...recorded, ...unrecorded }, holders);
    const areNew = clusters.some((cluster) => !Object.values(before).flat().includes(cluster));
    const room = { size: size ?? (areNew ? await sizeFor(settings) : 1), taken };
    const assignment = assign(of, clusters, before, room);
    return { of, settings, recorded, assignment, holders, moves: movesTo(assignment, holders) };
}

/** How many clusters a new shard gets, by the applications of the cluster that has most. */
async function sizeFor(settings: EnvironmentSettings): Promise<number> {
    const hub = await hubOutputsOf(settings).catch(({ message }: Error) => {
        throw new InputError(`the size of a shard depends on the hub's applications: ${message}. Or give --shard-size`);
    });
    const counts = Object.values(settings.clusters).map((cluster) => chosenFor(hub, settings, cluster).length);
    return shardSize(thisMachine(), Math.max(1, ...counts));
}

/** The clusters of each shard, with those of its state that are in no list: they stay. */
function withUnlisted(recorded: Assignment, holders: Holders): Assignment {
    const listed = new Set(Object.values(recorded).flat());
    const entries = Object.entries(recorded).map(([stack, clusters]) => {
        const unlisted = (holders[stack] ?? []).filter((cluster) => !listed.has(cluster));
        unlisted.forEach((cluster) => listed.add(cluster));
        return [stack, [...clusters, ...unlisted]] as const;
    });
    return Object.fromEntries(entries);
}

/** Records the shard of each cluster in the stack files. */
export function record({ of, assignment, recorded }: Pick<Fleet, "of" | "assignment" | "recorded">): void {
    for (const stack of writeShards(of, assignment, recorded)) {
        say(`${stack}: ${assignment[stack]?.join(", ") ?? ""}. Commit Pulumi.${stack}.yaml`);
    }
}

/**
 * Records the shards before an `up`. A pipeline cannot: its checkout is gone after the run, and with it the stack file
 * of a new shard, without which every later run is refused.
 *
 * @throws InputError in a pipeline, if clusters have no shard yet
 */
export function recordForUp(fleet: Fleet, { CI = "" }: NodeJS.ProcessEnv = process.env): void {
    if (!["", "false"].includes(CI)) {
        refuseUnplanned(fleet);
    }
    record(fleet);
}

/** @throws InputError if the stack files do not have the shard of each cluster */
export function refuseUnplanned({ of, settings, assignment, recorded }: Omit<Fleet, "holders" | "moves">): void {
    const listed = (stack: string) => recorded[stack] ?? [];
    // One that is leaving is in the state of its shard, and in the list or not.
    const unplanned = Object.entries(assignment).flatMap(([stack, clusters]) => {
        return clusters.filter((cluster) => cluster in settings.clusters && !listed(stack).includes(cluster));
    });
    if (unplanned.length > 0) {
        throw new InputError(`${unplanned.join(", ")}: no shard of ${of} has these clusters yet. Give them one, and commit it: npm run fleet -- plan ${of}`);
    }
}

/** Takes clusters that have left the settings, and that no state has any more, out of their shards. */
export function dropRemoved({ of, settings, assignment }: Fleet, done: readonly string[]): void {
    const left = Object.fromEntries(
        Object.entries(assignment).map(([stack, clusters]) => {
            const stays = (cluster: string) => !done.includes(stack) || cluster in settings.clusters;
            return [stack, clusters.filter(stays)];
        }),
    );
    record({ of, assignment: left, recorded: assignment });
}

/**
 * The shards, each with the clusters of its list in its state.
 *
 * @throws InputError if there are none, or if clusters have to move first
 */
export function settledShards(fleet: Fleet): string[] {
    const shards = divided(fleet);
    if (fleet.moves.length > 0) {
        const left = fleet.moves.map(({ from, to, clusters }) => `${clusters.join(", ")} from ${from} to ${to}`);
        throw new InputError(`${fleet.of}: clusters must move first (${left.join("; ")}). Run npm run fleet -- up ${fleet.of}`);
    }
    return shards;
}

/**
 * The shards that the stack files have.
 *
 * @throws InputError if there are none
 */
export function divided({ of, recorded, holders }: Fleet): string[] {
    const shards = Object.keys(recorded);
    if (shards.length === 0) {
        const hint = holders[of]?.length === 0 ? "" : ", and its clusters are in its own state: use the commands for one stack";
        throw new InputError(`${of} has no shards${hint}. To divide it: npm run fleet -- up ${of}`);
    }
    return shards;
}
