import * as fs from "node:fs";
import * as path from "node:path";
import { type Answer, send } from "../../clusters/https";

/** A cluster's API server, and the folder of its administrator's ca.crt, admin.crt and admin.key. */
export interface ApiServer {
    readonly url: string;
    readonly pki: string;
}

/** Contents of a cluster's certificate files, PEM. */
export interface Credentials {
    readonly ca: string;
    readonly cert: string;
    readonly key: string;
}

export interface Question {
    readonly method?: string;
    readonly body?: unknown;
    readonly timeoutMs?: number;
}

/** The administrator's credentials from kwokctl, read now; throws if the cluster has none yet. */
export function credentials({ pki }: ApiServer): Credentials {
    const read = (file: string) => fs.readFileSync(path.join(pki, file), "utf8");
    return { ca: read("ca.crt"), cert: read("admin.crt"), key: read("admin.key") };
}

/**
 * Sends a request to an API server as its administrator. Plain HTTPS, because loading a Kubernetes client takes longer
 * than checking that four clusters are healthy, and needs too much memory. Rejects if there is no answer within the
 * limit.
 */
export async function ask(
    server: ApiServer,
    target: string,
    { method = "GET", body, timeoutMs = 2_000 }: Question = {},
): Promise<Answer> {
    const json = "application/json";
    const headers = { accept: json, ...(body !== undefined && { "content-type": json }) };
    const options = { method, headers, agent: false, ...credentials(server) };
    return send(new URL(server.url + target), options, timeoutMs, body === undefined ? body : JSON.stringify(body));
}
