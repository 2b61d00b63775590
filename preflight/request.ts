import * as https from "node:https";
import type { ClusterAddress } from "./kubeconfig";

/** Limit of one question to an API server, in milliseconds. */
const timeout = 10_000;

/**
 * Asks a cluster's API server, with the credentials of its kubeconfig.
 *
 * @returns the answer's JSON
 * @throws Error that names the setting and the server, when it does not answer in 10 seconds or refuses
 */
export async function get<T>(cluster: ClusterAddress, path: string): Promise<T> {
    const options: https.RequestOptions = { timeout };
    await cluster.kubeConfig.applyToHTTPSOptions(options);
    const { status, body } = await send(new URL(path, withSlash(cluster.server)), options).catch((error: Error) => {
        throw new Error(
            `hubspoke:${cluster.setting}: the API server ${cluster.server} cannot be reached: ${error.message}. ` +
                "Check that the cluster runs, and that this machine may reach it (VPN, firewall, proxy)",
        );
    });
    if (status === 401 || status === 403) {
        throw new Error(
            `hubspoke:${cluster.setting}: the API server ${cluster.server} refuses these credentials for ${path} ` +
                `(${status}). Log in again, or give this identity the rights in docs/security.md`,
        );
    }
    if (status !== 200) {
        throw new Error(`hubspoke:${cluster.setting}: the API server ${cluster.server} answers ${status} for ${path}`);
    }
    return JSON.parse(body) as T;
}

function withSlash(server: string): string {
    return server.endsWith("/") ? server : `${server}/`;
}

function send(url: URL, options: https.RequestOptions): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
        const request = https.request(url, options, (response) => {
            const chunks: Buffer[] = [];
            response.on("data", (chunk: Buffer) => chunks.push(chunk));
            response.on("error", reject);
            response.on("end", () =>
                resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") }),
            );
        });
        const limit = setTimeout(() => request.destroy(new Error(`no answer in ${timeout / 1000} seconds`)), timeout);
        request.on("close", () => clearTimeout(limit));
        request.on("error", reject);
        request.end();
    });
}
