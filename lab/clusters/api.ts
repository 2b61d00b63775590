import * as path from "node:path";
import type { Answer } from "../../clusters/https";
import { type ApiServer, ask, type Credentials, credentials, type Question } from "./apiServer";
import { clusterDir, type ClusterName } from "./names";
import { readCluster, serverUrl } from "./record";

/** The address of a cluster's API server; throws if the cluster was never started. */
export function apiServer(cluster: ClusterName): ApiServer {
    const record = readCluster(cluster);
    if (!record) {
        throw new Error(`the cluster ${cluster} was never started`);
    }
    return { url: serverUrl(record), pki: path.join(clusterDir(cluster), "pki") };
}

/** The credentials of a cluster's administrator. */
export function readCredentials(cluster: ClusterName): Credentials {
    return credentials(apiServer(cluster));
}

/** Sends a request to a cluster's API server as its administrator. Rejects if there is no answer within the limit. */
export async function askApi(cluster: ClusterName, target: string, question?: Question): Promise<Answer> {
    return ask(apiServer(cluster), target, question);
}

/** Why the API server is not ready, in one line; undefined if it is ready. */
export async function whyNotReady(cluster: ClusterName): Promise<string | undefined> {
    try {
        const { status, body } = await askApi(cluster, "/readyz");
        return status === 200 ? undefined : `/readyz answers ${status}: ${failedChecks(body)}`;
    } catch (error) {
        return (error as Error).message;
    }
}

/** The lines of /readyz for failed checks. */
function failedChecks(body: string): string {
    const failed = body.split("\n").filter((line) => line.startsWith("[-]"));
    return (failed.length > 0 ? failed.join("; ") : body).slice(0, 300);
}
