import type { RequestOptions } from "node:https";
import { type Answer, send } from "./https";
import type { ClusterAddress } from "./kubeconfig";
import { credentialProblem } from "./kubeconfigErrors";
import { GiveUp } from "./wait";

/** Limit for one request to an API server, in milliseconds. */
const timeout = 10_000;

/** Node's error codes for a failed connection to a server. */
const networkFailures = ["ECONNREFUSED", "ETIMEDOUT", "EHOSTUNREACH", "ENOTFOUND"];

/** An API server cannot be connected to, or does not answer: a failure of the network, and not a refusal. */
export class UnreachableError extends Error {}

/** A request to an API server that is not a read. */
export interface Change {
    readonly method: "PATCH" | "POST" | "DELETE";
    /** The program sends it as JSON; with PATCH, as a JSON merge patch. */
    readonly body?: unknown;
}

/**
 * Reads from a cluster's API server, with the credentials of its kubeconfig.
 *
 * @returns the answer's JSON
 * @throws Error that names the setting and the server, if it does not answer in 10 seconds or refuses; a refusal of the
 *     credentials ends a wait
 */
export async function get<T>(cluster: ClusterAddress, path: string): Promise<T> {
    const { status, body } = await ask(cluster, path);
    refuseOthers(cluster, path, status, [200]);
    return JSON.parse(body) as T;
}

/**
 * Reads an object that may not exist.
 *
 * @returns the answer's JSON; undefined if the object does not exist
 * @throws Error like {@link get}
 */
export async function find<T>(cluster: ClusterAddress, path: string): Promise<T | undefined> {
    const { status, body } = await ask(cluster, path);
    refuseOthers(cluster, path, status, [200, 404]);
    return status === 200 ? (JSON.parse(body) as T) : undefined;
}

/**
 * Changes an object on a cluster; an object that does not exist is not an error.
 *
 * @returns whether the object existed
 * @throws Error as {@link get}
 */
export async function change(cluster: ClusterAddress, path: string, what: Change): Promise<boolean> {
    const { status } = await ask(cluster, path, what);
    refuseOthers(cluster, path, status, [200, 201, 202, 404]);
    return status !== 404;
}

/**
 * Sends a request to a cluster's API server, and returns the answer with any status.
 *
 * @throws Error that names the setting and the server, if it does not answer in 10 seconds; {@link UnreachableError}
 *     if the cause is the network
 */
export async function ask(cluster: ClusterAddress, path: string, what?: Change): Promise<Answer> {
    const options: RequestOptions = { timeout };
    await cluster.kubeConfig.applyToHTTPSOptions(options).catch((error: unknown) => {
        throw new Error(credentialProblem(cluster.setting, cluster.kubeConfig.getCurrentUser(), error));
    });
    if (what !== undefined) {
        options.method = what.method;
        const type = what.method === "PATCH" ? "application/merge-patch+json" : "application/json";
        options.headers = { ...options.headers, "content-type": type };
    }
    const body = what?.body === undefined ? undefined : JSON.stringify(what.body);
    const url = new URL(path, withSlash(cluster.server));
    return send(url, options, timeout, body).catch((error: NodeJS.ErrnoException) => {
        const Kind = networkFailures.includes(error.code ?? "") ? UnreachableError : Error;
        throw new Kind(
            `hubspoke:${cluster.setting}: the API server ${cluster.server} cannot be reached: ${error.message}. ` +
                "Check that the cluster runs, and that this machine can reach it (VPN, firewall, proxy)",
        );
    });
}

function refuseOthers(cluster: ClusterAddress, path: string, status: number, expected: readonly number[]): void {
    if (expected.includes(status)) {
        return;
    }
    if (status === 401 || status === 403) {
        throw new GiveUp(
            `hubspoke:${cluster.setting}: the API server ${cluster.server} refuses these credentials for ${path} ` +
                `(${status}). Log in again, or give this identity the rights in docs/security.md`,
        );
    }
    throw new Error(`hubspoke:${cluster.setting}: the API server ${cluster.server} answers ${status} for ${path}`);
}

function withSlash(server: string): string {
    return server.endsWith("/") ? server : `${server}/`;
}
