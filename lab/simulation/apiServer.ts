import * as fs from "node:fs";
import * as https from "node:https";
import * as path from "node:path";
import { json } from "node:stream/consumers";

/** A cluster's API server, and the folder of its administrator's ca.crt, admin.crt and admin.key. */
export interface ApiServer {
    readonly url: string;
    readonly pki: string;
}

/** An HTTP status and a JSON document. */
export interface Answer {
    readonly status: number;
    readonly body: unknown;
}

const limitMs = 5_000;
const agent = new https.Agent({ keepAlive: true });

/** The administrator's certificate and key, PEM; read every time, since a cluster may be made anew. */
export function credentials({ pki }: ApiServer): { ca: Buffer; cert: Buffer; key: Buffer } {
    const read = (file: string) => fs.readFileSync(path.join(pki, file));
    return { ca: read("ca.crt"), cert: read("admin.crt"), key: read("admin.key") };
}

/**
 * Reads from an API server as its administrator. Rejects when there is no JSON within five seconds.
 * Beside `askApi` of the clusters, because that one loads more than the metrics server's process should hold.
 */
export function ask(server: ApiServer, target: string): Promise<Answer> {
    const options = { agent, signal: AbortSignal.timeout(limitMs), ...credentials(server) };
    return new Promise((resolve, reject) => {
        const request = https.get(server.url + target, options, (response) => {
            json(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
        });
        request.on("error", reject);
    });
}
