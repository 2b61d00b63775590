import { messageOf } from "../../plugin/errors";
import type { Settings } from "../settings";
import { ApiServer } from "./apiServer";
import { Discovery } from "./discovery";
import { loadKubeConfig, type ClusterAccess } from "./kubeconfig";
import { Objects } from "./objects";

/** How long the first contact may take, in milliseconds. */
const firstContactTimeout = 10_000;

/** A cluster that answered. */
export interface ReachableCluster {
    readonly reachable: true;
    readonly access: ClusterAccess;
    readonly api: ApiServer;
    readonly discovery: Discovery;
    readonly objects: Objects;
}

/** A cluster that has no usable kubeconfig or does not answer. Previews continue without it. */
export interface UnreachableCluster {
    readonly reachable: false;
    /** What is wrong. */
    readonly reason: string;
}

export type Cluster = ReachableCluster | UnreachableCluster;

/**
 * Reads the kubeconfig and requests the list of APIs, which needs valid credentials. Never throws.
 */
export async function connect(settings: Settings, signal: AbortSignal): Promise<Cluster> {
    try {
        const access = await loadKubeConfig(settings);
        const api = new ApiServer(access.address, signal);
        await greet(api);
        const discovery = new Discovery(api);
        return { reachable: true, access, api, discovery, objects: new Objects(api, discovery) };
    } catch (error) {
        return { reachable: false, reason: messageOf(error) };
    }
}

async function greet(api: ApiServer): Promise<void> {
    try {
        await api.request({ method: "GET", path: "/api", timeout: firstContactTimeout });
    } catch (error) {
        throw new Error(`unable to load schema information from the API server: ${messageOf(error)}`);
    }
}

/** The cluster, or an error that says why it cannot be reached. */
export function requireReachable(cluster: Cluster): ReachableCluster {
    if (!cluster.reachable) {
        throw new Error(`configured Kubernetes cluster is unreachable: ${cluster.reason}`);
    }
    return cluster;
}
