/** A cluster's capacity for the agent. */
export interface Capacity {
    /** The quota of the agent's namespace, from the environment's settings. */
    readonly limits: Amounts;
    /** The sum over all ready and schedulable nodes; undefined if the cluster does not answer. */
    readonly nodes: Amounts | undefined;
    /** The agent's present and maximum replicas; undefined if the cluster does not answer. */
    readonly replicas: Replicas | undefined;
    /** Why the cluster was not asked; undefined if it was. */
    readonly unasked?: string;
}

/** CPU cores, bytes, and a number of pods. */
export interface Amounts {
    readonly cpu: number;
    readonly memory: number;
    readonly pods: number;
}

export interface Replicas {
    readonly ready: number;
    readonly wanted: number;
    /** The autoscaler's maximum; `wanted` if there is no autoscaler. */
    readonly most: number;
}

const units: Readonly<Record<string, string>> = { cpu: "cores", memory: "bytes", pods: "pods" };

/**
 * Compares the capacity of a cluster with the needs of another one, whose users it would get. The other one is probably
 * lost, so its quota is its need: the quota has room for the autoscaler's maximum. If the other one answers, its
 * replicas count too.
 *
 * @returns one sentence for each problem; empty if the capacity is sufficient
 */
export function lacks(of: string, capacity: Capacity, than: string, needed: Capacity): string[] {
    const { nodes, replicas } = capacity;
    if (nodes === undefined || replicas === undefined) {
        return [`${of} does not answer, so its capacity is unknown`];
    }
    const compare = (what: string, has: Amounts) =>
        (["cpu", "memory", "pods"] as const)
            .filter((key) => has[key] < needed.limits[key])
            .map((key) => `${what} ${of} has ${has[key]} ${units[key]}, but ${than} may use ${needed.limits[key]}`);
    return [
        ...compare("the agent's namespace on", capacity.limits),
        ...compare("all nodes of", nodes),
        ...(replicas.ready < replicas.wanted ? [`${of} has ${replicas.ready} of ${replicas.wanted} replicas ready`] : []),
        ...(needed.replicas !== undefined && replicas.most < needed.replicas.most
            ? [`${of} scales to ${replicas.most} replicas, but ${than} to ${needed.replicas.most}`]
            : []),
    ];
}
