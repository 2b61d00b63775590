import { shardStack } from "../../settings/shard";

/** The clusters of each shard, by its stack. */
export type Assignment = Readonly<Record<string, readonly string[]>>;

/**
 * Gives each cluster a shard. A cluster with a shard keeps it; another one comes to the first shard with room, or to a
 * new shard.
 *
 * @param of the environment's stack
 * @param size how many clusters a shard gets
 * @param taken names of stacks that are no shards of the environment
 */
export function assign(
    of: string,
    clusters: readonly string[],
    shards: Assignment,
    { size, taken }: { readonly size: number; readonly taken: readonly string[] },
): Assignment {
    const assigned = new Map(Object.entries(shards).map(([stack, list]) => [stack, [...list]]));
    const known = new Set([...assigned.values()].flat());
    for (const cluster of clusters.filter((name) => !known.has(name))) {
        const open = [...assigned.values()].find((list) => list.length < size);
        if (open === undefined) {
            assigned.set(nextStack(of, [...assigned.keys(), ...taken]), [cluster]);
        } else {
            open.push(cluster);
        }
    }
    return Object.fromEntries(assigned);
}

function nextStack(of: string, names: readonly string[]): string {
    for (let number = 1; ; number += 1) {
        const stack = shardStack(of, number);
        if (!names.includes(stack)) {
            return stack;
        }
    }
}
