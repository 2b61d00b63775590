import { readFileSync } from "node:fs";
import { InputError } from "../../settings/inputError";
import { say } from "../support/main";
import { pulumi, stackNames } from "../support/pulumi";
import { readPlainState, readState, type State, writeState } from "../support/state";
import { parseStackFile, stackFile } from "../support/stackFile";
import type { Assignment } from "./assign";
import { clustersIn, withClusters, without } from "./stateMove";

/** Clusters that are in the state of one stack and belong to another one. */
export interface Move {
    readonly from: string;
    readonly to: string;
    readonly clusters: readonly string[];
}

/** The clusters in the state of each stack; stacks that do not exist have none. */
export type Holders = Readonly<Record<string, readonly string[]>>;

/**
 * Reads which stack has which clusters.
 *
 * @throws InputError if an earlier run of a stack was interrupted
 */
export async function readHolders(stacks: readonly string[]): Promise<Holders> {
    const known = await stackNames();
    const holders: Record<string, readonly string[]> = {};
    for (const stack of stacks) {
        holders[stack] = known.includes(stack) ? clustersIn(await readState(stack)) : [];
    }
    return holders;
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
 * before it leaves the old one: after an interruption, the same moves end it.
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
            const missing = clusters.filter((cluster) => !clustersIn(target).includes(cluster));
            if (missing.length > 0) {
                await writeState(to, withClusters(target, source, missing, { from, to }));
            }
        }
        await writeState(from, without(source, parts.flatMap(({ clusters }) => clusters)));
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

async function readWhole(stack: string): Promise<State> {
    const state = await readPlainState(stack);
    if ((state.deployment.pending_operations ?? []).length > 0) {
        throw new InputError(`${stack}: a run was interrupted, and nothing was moved. Repair it first: npm run recover -- ${stack}`);
    }
    return state;
}
