import * as http from "node:http";
import * as https from "node:https";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterAddress } from "../../../../clusters/kubeconfig";
import { connectionOptions } from "../../../../clusters/request";
import { ApiError, UnreachableError } from "./apiError";

export interface ApiRequest {
    readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
    /** Path below the server's URL, as `/api/v1/namespaces`. */
    readonly path: string;
    readonly query?: Readonly<Record<string, string>>;
    readonly body?: unknown;
    /** Of the body; JSON unless said otherwise. */
    readonly contentType?: string;
    /** Milliseconds; {@link defaultTimeout} unless said otherwise. */
    readonly timeout?: number;
}

/** A request as it is sent, but for the credentials. */
export interface RawRequest {
    readonly method: string;
    /** Below the server's URL, with its query. */
    readonly path: string;
    readonly headers: http.OutgoingHttpHeaders;
    readonly signal?: AbortSignal;
}

/** How long one request may take, in milliseconds. */
const defaultTimeout = 30_000;

/** How often a request is repeated that the server refused for too much traffic (status 429). */
const throttledAttempts = 10;

/**
 * Plain JSON requests to one API server, with the credentials of a kubeconfig.
 *
 * The typed clients of `@kubernetes/client-node` drop fields that they do not know and turn times into dates,
 * so custom resources and newer servers would come back changed.
 */
export class ApiServer {
    readonly #agent: http.Agent;
    readonly #url: URL;

    constructor(
        private readonly address: ClusterAddress,
        private readonly signal: AbortSignal,
    ) {
        this.#url = new URL(address.server);
        this.#agent = new (this.#url.protocol === "http:" ? http : https).Agent({ keepAlive: true });
    }

    /** The server's URL. */
    get server(): string {
        return this.#url.href.replace(/\/$/, "");
    }

    /**
     * Sends a request and answers the parsed body.
     * Throws {@link ApiError} for an answer other than success and {@link UnreachableError} for none.
     */
    async request(request: ApiRequest): Promise<unknown> {
        for (let attempt = 1; ; attempt++) {
            const { status, body, retryAfter } = await this.#send(request);
            if (status < 300) {
                return body === "" ? {} : (JSON.parse(body) as unknown);
            }
            if (status !== 429 || attempt >= throttledAttempts) {
                throw ApiError.from(status, body);
            }
            await sleep(retryAfter * 1000, undefined, { signal: this.signal });
        }
    }

    async #send(request: ApiRequest): Promise<Answer> {
        try {
            return await this.#exchange(request);
        } catch (error) {
            if (request.method === "GET" && isStaleConnection(error)) {
                return await this.#exchange(request);
            }
            if (this.signal.aborted) {
                throw new Error(`the request to ${this.server} was cancelled`);
            }
            throw new UnreachableError(request.method, `${this.server}${request.path}`, error);
        }
    }

    async #exchange(request: ApiRequest): Promise<Answer> {
        const timeout = request.timeout ?? defaultTimeout;
        const body = request.body === undefined ? undefined : Buffer.from(JSON.stringify(request.body));
        const outgoing = await this.open({
            method: request.method,
            path: request.path + queryString(request.query),
            headers: {
                accept: "application/json",
                "user-agent": "hubspoke-lab-kubernetes-provider",
                ...(body === undefined ? {} : bodyHeaders(request, body)),
            },
            // A write that was sent is not cancelled: it would be unknown whether it happened.
            ...(request.method === "GET" ? { signal: this.signal } : {}),
        });
        const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
            outgoing.on("response", resolve);
            outgoing.setTimeout(timeout, () =>
                outgoing.destroy(new Error(`no answer within ${timeout / 1000} seconds`)),
            );
            outgoing.on("error", reject);
            outgoing.end(body);
        });
        return {
            status: response.statusCode ?? 0,
            body: await text(response),
            retryAfter: Number(response.headers["retry-after"] ?? "1") || 1,
        };
    }

    /** Begins a request with the credentials of the kubeconfig; who calls writes its body, and reads the answer. */
    async open({ method, path, headers, signal }: RawRequest): Promise<http.ClientRequest> {
        const options = await connectionOptions(this.address, this.#url);
        const whole: https.RequestOptions = {
            agent: this.#agent,
            ...options,
            method,
            host: this.#url.hostname,
            port: this.#url.port,
            path: `${this.#url.pathname.replace(/\/$/, "")}${path}`,
            headers: { ...headers, ...options.headers },
            ...(signal === undefined ? {} : { signal }),
        };
        return this.#url.protocol === "https:" ? https.request(whole) : http.request(whole);
    }
}

/** The length is needed: Node sends a DELETE with a body and without a length as two requests in one. */
function bodyHeaders({ contentType = "application/json" }: ApiRequest, body: Buffer): Record<string, string> {
    return { "content-type": contentType, "content-length": String(body.length) };
}

interface Answer {
    readonly status: number;
    readonly body: string;
    /** Seconds to wait before another attempt, when the server refused for too much traffic. */
    readonly retryAfter: number;
}

function queryString(query: Readonly<Record<string, string>> = {}): string {
    const encoded = new URLSearchParams(query).toString();
    return encoded === "" ? "" : `?${encoded}`;
}

/** The server closed an idle connection in the moment it was used again. */
function isStaleConnection(error: unknown): boolean {
    return error instanceof Error && "code" in error && error.code === "ECONNRESET";
}
