import type { OutgoingHttpHeaders } from "node:http";
import type { RequestOptions } from "node:https";
import { type Answer, send } from "./https";
import type { ClusterAddress } from "./kubeconfig";
import { credentialsOf, forgetLogin, impersonation } from "./kubeconfig/credentials";
import { isNetworkFailure } from "./networkError";
import { agentThrough, proxyFromEnvironment } from "./proxy";
import { isDistrust, trustOptions } from "./serverTrust";
import { GiveUp } from "./wait";

/** Limit for one request to an API server, in milliseconds. */
const timeout = 10_000;

/** An API server cannot be connected to, or does not answer: a failure of the network, and not a refusal. */
export class UnreachableError extends Error {}

/** The certificate of an API server is not trusted: a wrong authority, name or time. */
export class CertificateError extends Error {
    /** @param code Node's or OpenSSL's code, such as `ERR_TLS_CERT_ALTNAME_INVALID` */
    constructor(
        message: string,
        readonly code: string,
    ) {
        super(message);
    }
}

/** A request to an API server that is not a read. */
export interface Change {
    readonly method: "PATCH" | "POST" | "DELETE";
    /** The program sends it as JSON; with PATCH, as a JSON merge patch. */
    readonly body?: unknown;
    /** Another media type of the body. */
    readonly type?: string;
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
    const url = urlOf(cluster.server, path);
    const options = await connectionOptions(cluster, url);
    const usual = what?.method === "PATCH" ? "application/merge-patch+json" : "application/json";
    const body = what?.body === undefined ? undefined : JSON.stringify(what.body);
    const headers = { ...options.headers, ...(what === undefined ? {} : { "content-type": what.type ?? usual }) };
    const sent = send(url, { ...options, headers, method: what?.method }, timeout, body);
    const answer = await sent.catch((error: unknown) => {
        throw connectionProblem(cluster, url, error);
    });
    if (answer.status === 401) {
        forgetLogin(cluster);
    }
    return answer;
}

/**
 * Node's options for a request to a cluster's API server: the way there, how it is trusted, and who asks. They contain
 * credentials: never print them.
 *
 * @throws Error that names the setting
 */
export async function connectionOptions(
    cluster: ClusterAddress,
    url: URL,
): Promise<RequestOptions & { readonly headers: OutgoingHttpHeaders }> {
    const { authorization, cert, key } = await credentialsOf(cluster);
    const headers = { ...impersonation(cluster.user), ...(authorization === undefined ? {} : { authorization }) };
    const proxy = proxyOf(cluster, url);
    try {
        const agent = proxy && (await agentThrough(proxy, trustOptions(cluster.tls, new URL(proxy))));
        return { ...trustOptions(cluster.tls, url), cert, key, headers, ...(agent ? { agent } : {}) };
    } catch (error) {
        throw connectionProblem(cluster, url, error);
    }
}

function proxyOf(cluster: ClusterAddress, url: URL): string | undefined {
    return cluster.proxy ?? proxyFromEnvironment(url);
}

/** A query in the kubeconfig's URL is left out, and its path leads to the API. */
function urlOf(server: string, path: string): URL {
    const base = new URL(server);
    return new URL(path, `${base.origin}${base.pathname.replace(/\/*$/, "/")}`);
}

function connectionProblem(cluster: ClusterAddress, url: URL, cause: unknown): Error {
    const error = cause as NodeJS.ErrnoException;
    const proxy = proxyOf(cluster, url);
    const through = proxy === undefined ? "" : ` through the proxy ${new URL(proxy).host}`;
    const problem = (remedy: string) =>
        `hubspoke:${cluster.setting}: the API server ${cluster.server} cannot be reached${through}: ${error.message}. ${remedy}`;
    if (isDistrust(error)) {
        const remedy = "Write the server's certificate authority, or its tls-server-name, into the kubeconfig";
        return new CertificateError(problem(remedy), error.code ?? "");
    }
    const Kind = isNetworkFailure(error) ? UnreachableError : Error;
    return new Kind(problem("Check that the cluster runs, and that this machine can reach it (VPN, firewall, proxy)"));
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
