import { whyNotReady } from "./api";
import { type ClusterName, clusterNames } from "./names";
import { readCluster, serverUrl } from "./record";

/** The state of one cluster. */
export interface ClusterState {
    readonly name: ClusterName;
    /** URL of its API server; undefined for a cluster that was never started. */
    readonly server?: string;
    readonly serving: boolean;
    /** Why it does not serve. */
    readonly reason?: string;
}

/** The state of every cluster, within about two seconds. Changes nothing and never fails. */
export async function clusterStates(): Promise<ClusterState[]> {
    return Promise.all(clusterNames.map(clusterState));
}

async function clusterState(name: ClusterName): Promise<ClusterState> {
    const record = readCluster(name);
    if (!record) {
        return { name, serving: false, reason: "never started" };
    }
    const reason = record.complete ? await whyNotReady(name) : "its start was interrupted";
    return { name, server: serverUrl(record), serving: reason === undefined, reason };
}
