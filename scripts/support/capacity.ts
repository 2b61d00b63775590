import * as os from "node:os";

const gibi = 2 ** 30;

/**
 * Memory of one run of `pulumi`, in bytes: the engine and the program, and a provider process for each cluster.
 * Measured with the official plugins: 3.2 GB for 20 clusters (docs/scale.md).
 */
const needs = { run: 0.4 * gibi, cluster: 0.15 * gibi };

/** Memory of one run of `pulumi`, in bytes. */
export function memoryOf(clusters: number): number {
    return needs.run + needs.cluster * clusters;
}

/** The most clusters in a shard, if its size is not given: the run of one takes some seconds, and its error is near. */
const usualSize = 20;

/** The part of the memory that runs may use. */
const share = 0.8;

/** What a machine offers. */
export interface Machine {
    /** Bytes that are free now, within the limit of a container. */
    readonly memory: number;
    readonly processors: number;
}

/** This machine. */
export function thisMachine(): Machine {
    return { memory: process.availableMemory(), processors: os.availableParallelism() };
}

/** How many clusters a shard should have: 20, and fewer where the memory is too small for one run with so many. */
export function shardSize({ memory }: Machine): number {
    const fits = Math.floor((memory * share - needs.run) / needs.cluster);
    return Math.max(1, Math.min(usualSize, fits));
}

/**
 * How many shards to run at the same time: one for each processor, and fewer where the memory is too small.
 *
 * @param largest how many clusters the largest shard has
 */
export function parallelism({ memory, processors }: Machine, largest: number): number {
    return Math.max(1, Math.min(processors, Math.floor((memory * share) / memoryOf(largest))));
}
