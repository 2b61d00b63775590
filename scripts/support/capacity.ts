import * as os from "node:os";
import { memoryForProcesses } from "./memory";

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

/**
 * The most resources in a shard, if its size is not given. The engine writes the whole state before and after each
 * change, so the time of an `up` grows with their square: beyond this it is the larger part (docs/scale.md).
 */
const usualResources = 250;

/** Resources of a cluster in its stack: its own, and those for each application. A test counts them. */
export const resourcesOf = { cluster: 17, application: 7 };

/** The part of the memory that runs may use. */
const share = 0.8;

/** What a machine offers. */
export interface Machine {
    /** Bytes for new processes, within the limit of a container. */
    readonly memory: number;
    readonly processors: number;
}

/** This machine. */
export function thisMachine(): Machine {
    return { memory: memoryForProcesses(), processors: os.availableParallelism() };
}

/**
 * How many clusters a shard should have: with one application 10, with more of them fewer, and fewer where the memory
 * is too small for one run with so many.
 *
 * @param applications how many each cluster gets
 */
export function shardSize({ memory }: Machine, applications: number): number {
    const fits = Math.floor((memory * share - needs.run) / needs.cluster);
    const most = Math.floor(usualResources / (resourcesOf.cluster + applications * resourcesOf.application));
    return Math.max(1, Math.min(most, fits));
}

/**
 * How many shards to run at the same time: one for each processor, and fewer where the memory is too small.
 *
 * @param largest how many clusters the largest shard has
 */
export function parallelism({ memory, processors }: Machine, largest: number): number {
    return Math.max(1, Math.min(processors, Math.floor((memory * share) / memoryOf(largest))));
}
