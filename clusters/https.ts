import * as http from "node:http";
import * as https from "node:https";
import { oneError } from "./networkError";

/** A server's answer, with any status. */
export interface Answer {
    readonly status: number;
    readonly headers: http.IncomingHttpHeaders;
    readonly body: string;
}

/**
 * Sends one HTTP or HTTPS request.
 *
 * @param options method, headers, and how the two sides authenticate
 * @param timeoutMs limit for the whole answer, in milliseconds
 * @throws Error when there is no connection, or no answer within the limit (ETIMEDOUT)
 */
export function send(url: URL, options: https.RequestOptions, timeoutMs: number, body?: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
        const request = (url.protocol === "http:" ? http : https).request(url, options, (response) => {
            const chunks: Buffer[] = [];
            response.on("data", (chunk: Buffer) => chunks.push(chunk));
            response.on("error", reject);
            response.on("end", () =>
                resolve({
                    status: response.statusCode ?? 0,
                    headers: response.headers,
                    body: Buffer.concat(chunks).toString("utf8"),
                }),
            );
        });
        const late = () => Object.assign(new Error(`no answer in ${timeoutMs / 1000} seconds`), { code: "ETIMEDOUT" });
        const limit = setTimeout(() => request.destroy(late()), timeoutMs);
        request.on("close", () => clearTimeout(limit));
        request.on("error", (error) => reject(oneError(error)));
        // A proxy that refuses would otherwise look like the server's answer (https-proxy-agent).
        request.on("proxyConnect", ({ statusCode }: { readonly statusCode: number }) => {
            if (statusCode !== 200) {
                // A gateway's error: the proxy itself cannot reach the server (RFC 9110, 15.6).
                const code = statusCode > 500 ? { code: "EHOSTUNREACH" } : {};
                request.destroy(Object.assign(new Error(`the proxy answers ${statusCode}`), code));
            }
        });
        request.end(body);
    });
}
