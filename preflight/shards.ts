import type { Registration } from "../clusters/registrations";
import type { StackSettings } from "../settings/stack";

/** A stack's place among the shards of its environment; without a shard, the stack has all clusters. */
export type ShardPlace = Pick<StackSettings, "shard" | "shards">;

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
