import type { ClusterAddress } from "./kubeconfig";
import { ask } from "./request";

/**
 * Sends a request to a cluster's API server with only a token, without the credentials of the user's kubeconfig.
 *
 * @param encoded the token, in base64, as in a Secret
 * @returns the status: 200 if the token is accepted and may list the Deployments of a namespace, 401 if it is not
 *     accepted, 403 if it may not list them
 */
export async function tryToken(cluster: ClusterAddress, encoded: string, namespace: string): Promise<number> {
    const user = { token: Buffer.from(encoded, "base64").toString("utf8") };
    const path = `apis/apps/v1/namespaces/${namespace}/deployments?limit=1`;
    const { status } = await ask({ ...cluster, user }, path);
    return status;
}
