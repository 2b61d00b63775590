import * as fs from "node:fs";
import * as https from "node:https";
import * as path from "node:path";
import { clusterDir, type ClusterName } from "./names";
import { readCluster, serverUrl } from "./record";

/** An API server's answer. */
export interface ApiAnswer {
    readonly status: number;
    readonly body: string;
}

/** Contents of a cluster's certificate files, PEM. */
export interface Credentials {
    readonly ca: string;
    readonly cert: string;
    readonly key: string;
}

/** The administrator's credentials that kwokctl made; throws where the cluster has none yet. */
export function readCredentials(cluster: ClusterName): Credentials {
    const read = (file: string) => fs.readFileSync(path.join(clusterDir(cluster), "pki", file), "utf8");
    return { ca: read("ca.crt"), cert: read("admin.crt"), key: read("admin.key") };
}

/**
 * Asks a cluster's API server as its administrator. Plain HTTPS, because loading a Kubernetes client
 * takes longer than finding four clusters well. Rejects when there is no answer within the limit.
 */
export async function askApi(
    cluster: ClusterName,
    target: string,
    { method = "GET", body, timeoutMs = 2_000 }: { method?: string; body?: unknown; timeoutMs?: number } = {},
): Promise<ApiAnswer> {
    const record = readCluster(cluster);
    if (!record) {
        throw new Error(`the cluster ${cluster} was never started`);
    }
    const headers = { accept: "application/json", ...(body === undefined ? {} : { "content-type": "application/json" }) };
    const signal = AbortSignal.timeout(timeoutMs);
    return new Promise((resolve, reject) => {
        const fail = (error: Error) =>
            reject(signal.aborted ? new Error(`no answer from ${serverUrl(record)} within ${timeoutMs / 1000} s`) : error);
        const options = { method, headers, signal, agent: false, ...readCredentials(cluster) };
        const request = https.request(serverUrl(record) + target, options, (response) => {
            const chunks: Buffer[] = [];
            response.on("data", (chunk: Buffer) => chunks.push(chunk));
            response.on("error", fail);
            response.on("end", () =>
                resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") }),
            );
        });
        request.on("error", fail);
        request.end(body === undefined ? undefined : JSON.stringify(body));
    });
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
