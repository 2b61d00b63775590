import type { ClusterAddress } from "./kubeconfig";
import { ask } from "./request";

/**
 * Asks a cluster's API server with a token alone, whatever the operator's own kubeconfig holds.
 *
 * @param encoded the token, in base64 as a Secret holds it
 * @returns the status: 200 when the token is accepted and may list the Deployments of a namespace, 401 when it is not
 *     accepted, 403 when it may not
 */
export async function tryToken(cluster: ClusterAddress, encoded: string, namespace: string): Promise<number> {
    const { KubeConfig } = await import("@kubernetes/client-node");
    const entry = cluster.kubeConfig.getCurrentCluster();
    if (entry === null) {
        throw new Error(`hubspoke:${cluster.setting}: the kubeconfig names no cluster. Add its server to it`);
    }
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromClusterAndUser(entry, {
        name: "token",
        token: Buffer.from(encoded, "base64").toString("utf8"),
    });
    const path = `apis/apps/v1/namespaces/${namespace}/deployments?limit=1`;
    const { status } = await ask({ ...cluster, kubeConfig }, path);
    return status;
}
