import * as pulumi from "@pulumi/pulumi";
import { nameOf, shortStackName, spokeType } from "../clusters/names";
import type { Registration } from "../clusters/registrations";
import { type Look, waitFor } from "../clusters/wait";
import type { EnvironmentSettings } from "../settings/environment";
import { shardStack } from "../settings/shard";
import type { StackSettings } from "../settings/stack";

/** A stack's place among the shards of its environment; without a shard, the stack has all clusters. */
export interface ShardPlace extends Pick<StackSettings, "shard" | "shards"> {
    /** Names of the clusters in the stack's own state; undefined where it is not read. */
    readonly held?: readonly string[];
}

/**
 * Variable with the names of clusters, with commas between, that are registered and that no state has any more: a run
 * may begin to register them again.
 */
export const lostStateVariable = "HUBSPOKE_STATE_LOST";

/**
 * Names of the clusters in the state of the stack that runs, also of those that an interrupted or failed run began to
 * register; the stack's outputs do not have these.
 *
 * @param stack the full name of that stack, for a shard its own
 */
export async function clustersHeld(stack: string): Promise<string[]> {
    const { outputs } = await waitFor(`the state of ${shortStackName(stack)} to be readable`, () => readOutputs(stack), readable);
    const spokes = Object.entries(outputs).filter(([, { type }]) => type === spokeType);
    return spokes.map(([urn]) => nameOf(urn));
}

/** The engine of an `up` writes the state while this reads it, and in a bucket or a folder not in one piece. */
const readable = { timeoutMs: 30_000, intervalMs: 250 };

interface ResourceOutputs {
    readonly outputs: Readonly<Record<string, { readonly type: string }>>;
}

async function readOutputs(stack: string): Promise<Look<ResourceOutputs>> {
    // Of the engine itself (pulumi, pkg/resource/deploy/builtins.go). In an `up`, it still has what is to be deleted.
    const read: unknown = await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName: stack });
    return { done: read as ResourceOutputs };
}

/**
 * Refuses a run of a stack whose state has other clusters than it should. It would remove a cluster that is to be in
 * another shard, or register again one that another stack's state has.
 *
 * @param existing all registrations on the hub
 * @param stack the full name of the environment's stack, which is on all objects
 * @throws Error that names each cluster, and the command that moves clusters between states
 */
export function refuseStatesOfOthers(
    { shard, shards, held }: ShardPlace,
    { clusters }: Pick<EnvironmentSettings, "clusters">,
    existing: readonly Registration[],
    stack: string,
    environment: NodeJS.ProcessEnv = process.env,
): void {
    if (held === undefined) {
        return;
    }
    const name = shortStackName(stack);
    const up = `\`npm run fleet -- up ${name}\``;
    const lost = (environment[lostStateVariable] ?? "").split(",");
    const leaving = held.filter((cluster) => shard?.clusters.includes(cluster) === false);
    const again = existing.filter(({ cluster, stack: by }) => {
        return by === stack && cluster in clusters && !held.includes(cluster) && !lost.includes(cluster);
    });
    const find =
        Object.keys(shards).length > 0
            ? `Run ${up}: it moves the cluster from the state that has it`
            : `If ${name} is divided, this checkout lacks the stack files of its shards: get Pulumi.${shardStack(name, 1)}.yaml ` +
              `and so on, and run ${up}`;
    const problems = [
        ...leaving.map(
            (cluster) =>
                `hubspoke:shard.clusters: lacks ${cluster}, which is in the state of this stack and would be removed with all ` +
                `that Argo CD delivers to it. Run ${up}: it moves the cluster to its shard, or removes it if it left the settings`,
        ),
        ...again.map(
            ({ cluster, secret }) =>
                `hubspoke:clusters.${cluster}: ${name} has registered it (Secret ${secret}), and the state of this stack does ` +
                `not have it: it would be registered a second time. ${find}. If that state is lost, restore it (docs/state.md)`,
        ),
    ];
    if (problems.length > 0) {
        throw new Error(problems.join("\n  "));
    }
}

/**
 * The registrations as a shard sees them. Each object names the stack of the environment, and here the clusters of
 * other shards belong to the stacks of these.
 *
 * @param stack the full name of the environment's stack
 */
export function asSeenFrom(
    { shard, shards }: ShardPlace,
    existing: readonly Registration[],
    stack: string,
): readonly Registration[] {
    if (shard === undefined) {
        return existing;
    }
    const shardOf = (cluster: string) => Object.keys(shards).find((one) => shards[one]?.clusters.includes(cluster));
    return existing.map((registration) => {
        const { cluster } = registration;
        return registration.stack !== stack || shard.clusters.includes(cluster)
            ? registration
            : { ...registration, stack: shardOf(cluster) ?? `${stack}, in no shard` };
    });
}
