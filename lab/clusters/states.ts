import { askApi, whyNotReady } from "./api";
import { stoppedComponents } from "./components";
import { type ClusterName, clusterNames, type Component } from "./names";
import { readCluster, serverUrl } from "./record";

/** How one cluster is. */
export interface ClusterState {
    readonly name: ClusterName;
    /** URL of its API server; undefined for a cluster that was never started. */
    readonly server?: string;
    /** Kubernetes version that it reports, as "v1.37.0". */
    readonly version?: string;
    readonly serving: boolean;
    /** Why it does not serve. */
    readonly reason?: string;
    /** Components that do not run; a cluster may serve without some. */
    readonly ended: readonly Component[];
}

/** How every cluster is, within about two seconds. Changes nothing and never fails. */
export async function clusterStates(): Promise<ClusterState[]> {
    return Promise.all(clusterNames.map(clusterState));
}

async function clusterState(name: ClusterName): Promise<ClusterState> {
    const record = readCluster(name);
    if (!record) {
        return { name, serving: false, reason: "never started", ended: [] };
    }
    const ended = stoppedComponents(name);
    if (!record.complete) {
        return { name, server: serverUrl(record), serving: false, reason: "its start was cut off", ended };
    }
    const [reason, version] = await Promise.all([whyNotReady(name), versionOf(name)]);
    return { name, server: serverUrl(record), version, serving: reason === undefined, reason, ended };
}

async function versionOf(name: ClusterName): Promise<string | undefined> {
    try {
        const { body } = await askApi(name, "/version");
        return (JSON.parse(body) as { gitVersion?: string }).gitVersion;
    } catch {
        return undefined;
    }
}
