/** What a cluster offers the agent. */
export interface Capacity {
    /** The most that the agent's namespace may take, from the environment's settings. */
    readonly limits: Amounts;
    /** The sum over all nodes that are ready and take pods; undefined where the cluster does not answer. */
    readonly nodes: Amounts | undefined;
    /** Replicas that the agent has and may have; undefined where the cluster does not answer. */
    readonly replicas: Replicas | undefined;
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
    /** The autoscaler's maximum; `wanted` where there is none. */
    readonly most: number;
}

const units: Readonly<Record<string, string>> = { cpu: "cores", memory: "bytes", pods: "pods" };

/**
 * What one cluster lacks to do another's work. The other is probably lost, so what is compared is what it was meant to
 * need: the limits of its namespace, which hold its autoscaler at its maximum. Its own replicas count where it answers.
 *
 * @returns one sentence for each lack; none where there is enough
 */
export function lacks(of: string, capacity: Capacity, than: string, needed: Capacity): string[] {
    const { nodes, replicas } = capacity;
    if (nodes === undefined || replicas === undefined) {
        return [`${of} does not answer, so nobody can tell what it can carry`];
    }
    const compare = (what: string, has: Amounts) =>
        (["cpu", "memory", "pods"] as const)
            .filter((key) => has[key] < needed.limits[key])
            .map((key) => `${what} ${of} has ${has[key]} ${units[key]}, and ${than} may take ${needed.limits[key]}`);
    return [
        ...compare("the agent's namespace on", capacity.limits),
        ...compare("all nodes of", nodes),
        ...(replicas.ready < replicas.wanted ? [`${of} has ${replicas.ready} of ${replicas.wanted} replicas ready`] : []),
        ...(needed.replicas !== undefined && replicas.most < needed.replicas.most
            ? [`${of} goes up to ${replicas.most} replicas, and ${than} to ${needed.replicas.most}`]
            : []),
    ];
}
