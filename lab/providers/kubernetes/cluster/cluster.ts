import { messageOf } from "../../plugin/errors";
import type { Settings } from "../settings";
import { ApiError } from "./apiError";
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
    readonly server: string;
    readonly discovery: Discovery;
    readonly objects: Objects;
}

/** A cluster that has no usable kubeconfig or does not answer. Previews go on without it. */
export interface UnreachableCluster {
    readonly reachable: false;
    /** What is wrong, naming the context and the server as far as they are known. */
    readonly reason: string;
}

export type Cluster = ReachableCluster | UnreachableCluster;

/**
 * Reads the kubeconfig and asks the API server what it serves, which needs valid credentials. Never throws.
 */
export async function connect(settings: Settings, signal: AbortSignal): Promise<Cluster> {
    try {
        const access = loadKubeConfig(settings);
        const api = new ApiServer(access.kubeConfig, signal);
        await greet(api);
        const discovery = new Discovery(api);
        return {
            reachable: true,
            access,
            server: api.server,
            discovery,
            objects: new Objects(api, discovery),
        };
    } catch (error) {
        const context = settings.context === "" ? "" : `context "${settings.context}": `;
        return { reachable: false, reason: `${context}${messageOf(error)}` };
    }
}

async function greet(api: ApiServer): Promise<void> {
    try {
        await api.request({ method: "GET", path: "/api", timeout: firstContactTimeout });
    } catch (error) {
        if (error instanceof ApiError && (error.statusCode === 401 || error.statusCode === 403)) {
            throw new Error(`${api.server} refused the credentials of the kubeconfig: ${error.message}`);
        }
        throw error;
    }
}

/** The cluster, or an error that says why it cannot be reached. */
export function requireReachable(cluster: Cluster): ReachableCluster {
    if (!cluster.reachable) {
        throw new Error(`configured Kubernetes cluster is unreachable: ${cluster.reason}`);
    }
    return cluster;
}
