/** What the stand-in reads of a Deployment; an object of a watch that is none has none of it. */
export interface Deployment {
    readonly metadata?: { readonly name?: string; readonly namespace?: string; readonly generation?: number };
    readonly spec?: { readonly replicas?: number };
    readonly status?: { readonly observedGeneration?: number };
}

/** A merge patch and the path of the object that it is for. */
export interface StatusPatch {
    readonly path: string;
    readonly body: { readonly status: object };
}

/**
 * The status that the Deployment controller writes once all pods of a rollout are available; undefined if a Deployment
 * has it for its present generation already.
 */
export function availableStatus(of: Deployment, now = new Date()): StatusPatch | undefined {
    const { metadata = {}, spec, status } = of;
    const { name, namespace, generation } = metadata;
    if (generation === undefined || status?.observedGeneration === generation) {
        return undefined;
    }
    const replicas = spec?.replicas ?? 1;
    const since = now.toISOString().replace(/\.\d+/, "");
    const condition = (type: string, reason: string) => {
        return { type, reason, status: "True", message: "", lastTransitionTime: since, lastUpdateTime: since };
    };
    return {
        path: `/apis/apps/v1/namespaces/${namespace}/deployments/${name}/status`,
        body: {
            status: {
                observedGeneration: generation,
                ...{ replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas },
                conditions: [
                    condition("Available", "MinimumReplicasAvailable"),
                    condition("Progressing", "NewReplicaSetAvailable"),
                ],
            },
        },
    };
}
