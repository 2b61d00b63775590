import { readFileSync } from "node:fs";
import { InputError } from "../../settings/inputError";
import { say } from "../support/main";
import { pulumi, stackNames } from "../support/pulumi";
import { readPlainState, readState, type State, writeState } from "../support/state";
import { parseStackFile, stackFile } from "../support/stackFile";
import type { Assignment } from "./assign";
import { clustersIn, type Holders } from "../support/holders";
import { isLater, withClusters, without } from "./stateMove";

/** Clusters that are in the state of one stack and belong to another one. */
export interface Move {
    readonly from: string;
    readonly to: string;
    readonly clusters: readonly string[];
}

/** The moves after which each stack has the clusters that it is assigned. */
export function movesTo(assignment: Assignment, holders: Holders): Move[] {
    return Object.entries(holders).flatMap(([from, held]) =>
        Object.entries(assignment).flatMap(([to, assigned]) => {
            const clusters = held.filter((cluster) => from !== to && assigned.includes(cluster));
            return clusters.length === 0 ? [] : [{ from, to, clusters }];
        }),
    );
}

/**
 * Moves clusters between the states of stacks, which changes nothing on a cluster. Each cluster is in the new state
 * before it leaves the old one: after an interruption, the same moves end it. If a run of either stack has changed the
 * cluster meanwhile, the later of its two copies stays.
 *
 * @param of the environment's stack, whose key provider new stacks get
 * @throws InputError if an earlier run of a stack was interrupted
 */
export async function makeMoves(of: string, moves: readonly Move[]): Promise<void> {
    for (const from of new Set(moves.map((move) => move.from))) {
        const parts = moves.filter((move) => move.from === from);
        const source = await readWhole(from);
        for (const { to, clusters } of parts) {
            await createStack(of, to);
            const target = await readWhole(to);
            const there = clustersIn(target);
            const older = clusters.filter((cluster) => there.includes(cluster) && isLater(source, target, cluster));
            const missing = clusters.filter((cluster) => !there.includes(cluster) || older.includes(cluster));
            if (missing.length > 0) {
                await writeState(to, withClusters(without(target, older), source, missing, { from, to }), target);
            }
        }
        await writeState(from, without(source, parts.flatMap(({ clusters }) => clusters)), source);
        parts.forEach(({ to, clusters }) => say(`${to}: has ${clusters.join(", ")} from ${from}; nothing changed on a cluster`));
    }
}

/** Creates a stack if it does not exist, with the same kind of key for secrets as the environment's stack. */
export async function createStack(of: string, stack: string): Promise<void> {
    if ((await stackNames()).includes(stack)) {
        return;
    }
    const provider = parseStackFile(readFileSync(stackFile(of), "utf8")).get("secretsprovider");
    const key = typeof provider === "string" ? ["--secrets-provider", provider] : [];
    await pulumi(stack, ["stack", "init", "--no-select", ...key]);
}

/**
 * Removes the stack of a shard without clusters. What is left, such as the provider of the hub, is in its state alone.
 *
 * @throws InputError if the state has clusters
 */
export async function removeStack(stack: string): Promise<void> {
    const state = await readState(stack);
    const held = clustersIn(state);
    if (held.length > 0) {
        throw new InputError(`${stack}: has got ${held.join(", ")} meanwhile. Run this again, which moves it`);
    }
    if ((state.deployment.resources ?? []).length > 0) {
        await pulumi(stack, ["destroy", "--yes", "--skip-preview"]);
    }
    await pulumi(stack, ["stack", "rm", "--yes", "--preserve-config"]);
}

async function readWhole(stack: string): Promise<State> {
    const state = await readPlainState(stack);
    if ((state.deployment.pending_operations ?? []).length > 0) {
        throw new InputError(`${stack}: a run was interrupted, and nothing was moved. Repair it first: npm run recover -- ${stack}`);
    }
    return state;
}
