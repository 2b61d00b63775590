import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A request that an API server got. */
export interface Asked {
    readonly method: string;
    /** With its query. */
    readonly path: string;
    readonly headers: http.IncomingHttpHeaders;
    readonly body: string;
}

/** An answer: an object with status 200, or a `Status` whose `code` is the answer's. */
export type Answer = object | { readonly kind: "Status"; readonly code: number; readonly message: string };

export interface FakeApiServer {
    readonly url: string;
    /** A kubeconfig for it, with a token. */
    readonly kubeconfig: string;
    close(): Promise<void>;
}

/** An API server that answers as it is told, and that it finds nothing where it is told nothing. */
export async function fakeApiServer(answer: (asked: Asked) => Answer | undefined): Promise<FakeApiServer> {
    const nothing = { kind: "Status", code: 404, reason: "NotFound", message: "not found" };
    const respond = async (request: http.IncomingMessage, response: http.ServerResponse) => {
        const { method = "", url = "", headers } = request;
        const body: object = answer({ method, path: url, headers, body: await text(request) }) ?? nothing;
        response.writeHead("code" in body && typeof body.code === "number" ? body.code : 200);
        response.end(JSON.stringify(body));
    };
    const server = http.createServer((request, response) => void respond(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const kubeconfig = {
        // The client refuses plain HTTP without this.
        clusters: [{ name: "c", cluster: { server: url, "insecure-skip-tls-verify": true } }],
        users: [{ name: "u", user: { token: "of-the-user" } }],
        contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
        "current-context": "x",
    };
    return {
        url,
        kubeconfig: JSON.stringify(kubeconfig),
        close: async () => {
            server.closeAllConnections();
            await new Promise((resolve) => server.close(resolve));
        },
    };
}
