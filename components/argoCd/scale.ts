import type { HubSettings } from "../../settings/hub";

/** The numbers that decide how many clusters and Applications one hub supports; docs/scale.md has the sources. */
export interface Scale {
    /** Number of application controllers; each cluster is assigned to one of them. */
    readonly shards: number;
    /** How clusters are assigned to controllers. */
    readonly shardingAlgorithm: "legacy" | "round-robin" | "consistent-hashing";
    /** Applications compared at the same time, for each controller. */
    readonly statusProcessors: number;
    /** Applications synced at the same time, for each controller. */
    readonly operationProcessors: number;
    /** Requests per second to one API server, for each controller. */
    readonly clientQps: number;
    /** Requests in a burst to one API server, for each controller. */
    readonly clientBurst: number;
    /** Manifests rendered at the same time, for each repo server. */
    readonly repoServerParallelism: number;
    /** Time after which Argo CD polls Git again if there was no webhook, as a Go duration. */
    readonly reconciliation: string;
    /** Maximum random time that is added, so that the requests do not start at the same time. */
    readonly reconciliationJitter: string;
    /** Time after which the whole cache of a cluster is rebuilt, as a Go duration; also detects a dead API server. */
    readonly clusterCacheResync: string;
    /** Resource requests of each controller, and its memory limit. Only with `availability: ha`. */
    readonly controllerCpu: string;
    readonly controllerMemory: string;
    readonly controllerMemoryLimit: string;
}

const fleets: Record<HubSettings["fleet"], Scale> = {
    small: {
        shards: 1,
        shardingAlgorithm: "consistent-hashing",
        statusProcessors: 20,
        operationProcessors: 10,
        clientQps: 50,
        clientBurst: 100,
        repoServerParallelism: 10,
        reconciliation: "120s",
        reconciliationJitter: "60s",
        clusterCacheResync: "1h",
        controllerCpu: "500m",
        controllerMemory: "1Gi",
        controllerMemoryLimit: "4Gi",
    },
    medium: {
        shards: 3,
        shardingAlgorithm: "consistent-hashing",
        statusProcessors: 50,
        operationProcessors: 25,
        clientQps: 100,
        clientBurst: 200,
        repoServerParallelism: 20,
        reconciliation: "300s",
        reconciliationJitter: "120s",
        clusterCacheResync: "6h",
        controllerCpu: "1",
        controllerMemory: "2Gi",
        controllerMemoryLimit: "8Gi",
    },
    large: {
        shards: 9,
        shardingAlgorithm: "consistent-hashing",
        statusProcessors: 100,
        operationProcessors: 50,
        clientQps: 150,
        clientBurst: 300,
        repoServerParallelism: 30,
        reconciliation: "600s",
        reconciliationJitter: "300s",
        clusterCacheResync: "12h",
        controllerCpu: "2",
        controllerMemory: "4Gi",
        controllerMemoryLimit: "10Gi",
    },
};

/** The fleet's numbers, with those in the settings as overrides; `single` means one controller. */
export function scaleOf(settings: Pick<HubSettings, "availability" | "fleet" | "scale">): Scale {
    const one = settings.availability === "single" ? { shards: 1 } : {};
    return { ...fleets[settings.fleet], ...one, ...settings.scale };
}

/** Values of the argo-cd chart for these numbers. */
export function scaleValues(scale: Scale) {
    return {
        configs: {
            cm: {
                "timeout.reconciliation": scale.reconciliation,
                "timeout.reconciliation.jitter": scale.reconciliationJitter,
            },
            params: {
                "controller.sharding.algorithm": scale.shardingAlgorithm,
                "controller.status.processors": scale.statusProcessors,
                "controller.operation.processors": scale.operationProcessors,
                "reposerver.parallelism.limit": scale.repoServerParallelism,
            },
        },
        controller: {
            env: [
                { name: "ARGOCD_K8S_CLIENT_QPS", value: String(scale.clientQps) },
                { name: "ARGOCD_K8S_CLIENT_BURST", value: String(scale.clientBurst) },
                { name: "ARGOCD_CLUSTER_CACHE_RESYNC_DURATION", value: scale.clusterCacheResync },
            ],
        },
    };
}
