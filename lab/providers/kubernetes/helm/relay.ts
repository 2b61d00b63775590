import { randomBytes } from "node:crypto";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream";
import { messageOf } from "../../plugin/errors";
import type { ApiServer } from "../cluster/apiServer";

/**
 * Field manager of what helm writes for the official provider: the name of the program
 * (helm: pkg/kube/client.go, getManagedFieldsManager), where helm itself says "helm".
 */
const fieldManager = "pulumi-resource-kubernetes";

/** The API server takes it for the manager of the release's Secret, which is written without a field manager. */
const userAgent = "pulumi-kubernetes";

/**
 * Provides a kubeconfig for the API server, through a relay that sets the field managers of the official provider. It
 * is for one call of helm, and the true credentials stay in this process. The URL's path is a secret: over plain HTTP
 * helm sends no token (client-go: tools/clientcmd/client_config.go, IsConfigTransportTLS).
 */
export async function withRelay<Result>(
    api: ApiServer,
    use: (kubeconfig: string) => Promise<Result>,
): Promise<Result> {
    const secretPath = `/${randomBytes(24).toString("hex")}`;
    const relay = http.createServer((request, response) => void relayed(api, secretPath, request, response));
    await new Promise<void>((resolve, reject) => {
        relay.once("error", reject);
        relay.listen(0, "127.0.0.1", resolve);
    });
    try {
        return await use(kubeconfigOf(`http://127.0.0.1:${(relay.address() as AddressInfo).port}${secretPath}`));
    } finally {
        relay.close();
        relay.closeAllConnections();
    }
}

async function relayed(
    api: ApiServer,
    secretPath: string,
    request: http.IncomingMessage,
    response: http.ServerResponse,
): Promise<void> {
    const { method = "GET", url = "", headers } = request;
    if (!url.startsWith(`${secretPath}/`)) {
        refuse(response, 401, "this server is for one call of helm alone");
        return;
    }
    try {
        const outgoing = await api.open({
            method,
            path: url.slice(secretPath.length).replace(/([?&]fieldManager=)helm\b/, `$1${fieldManager}`),
            headers: { ...headers, host: new URL(api.server).host, "user-agent": userAgent },
        });
        outgoing.on("response", (answer) => {
            response.writeHead(answer.statusCode ?? 502, answer.headers);
            // An interrupted answer must also end for helm, or it would wait for the rest.
            pipeline(answer, response, () => undefined);
        });
        outgoing.on("error", (error) => refuse(response, 503, messageOf(error)));
        response.on("close", () => outgoing.destroy());
        request.pipe(outgoing);
    } catch (error) {
        refuse(response, 503, messageOf(error));
    }
}

/** Answers as an API server does, or breaks off when part of an answer has gone. */
function refuse(response: http.ServerResponse, code: number, message: string): void {
    if (response.headersSent) {
        response.destroy();
        return;
    }
    response.writeHead(code, { "content-type": "application/json" });
    response.end(JSON.stringify({ apiVersion: "v1", kind: "Status", status: "Failure", code, message }));
}

function kubeconfigOf(server: string): string {
    return JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        clusters: [{ name: "relay", cluster: { server } }],
        contexts: [{ name: "relay", context: { cluster: "relay" } }],
        "current-context": "relay",
    });
}
