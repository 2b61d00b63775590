import * as path from "node:path";
import type { Answer } from "../../clusters/https";
import { type ApiServer, ask, type Credentials, credentials, type Question } from "./apiServer";
import { clusterDir, type ClusterName } from "./names";
import { readCluster, serverUrl } from "./record";

/** Where a cluster's API server is; throws where the cluster was never started. */
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

/** Asks a cluster's API server as its administrator. Rejects when there is no answer within the limit. */
export async function askApi(cluster: ClusterName, target: string, question?: Question): Promise<Answer> {
    return ask(apiServer(cluster), target, question);
}

/** Undefined if the API server says that it is ready to serve; otherwise why not, in one line. */
export async function whyNotReady(cluster: ClusterName): Promise<string | undefined> {
    try {
        const { status, body } = await askApi(cluster, "/readyz");
        return status === 200 ? undefined : `/readyz answers ${status}: ${failedChecks(body)}`;
    } catch (error) {
        return (error as Error).message;
    }
}

/** The lines of /readyz that tell what failed. */
function failedChecks(body: string): string {
    const failed = body.split("\n").filter((line) => line.startsWith("[-]"));
    return (failed.length > 0 ? failed.join("; ") : body).slice(0, 300);
}
