import type { IncomingMessage } from "node:http";
import { createServer, type Server } from "node:https";
import type { Socket } from "node:net";
import { type ApiServer, ask, credentials } from "../clusters/apiServer";
import { type Answer, answerMetrics, refusal } from "./metricsAnswers";

const limitMs = 5_000;

/** What the metrics server's process reads from a JSON file. */
export interface MetricsConfig {
    readonly port: number;
    /** By name of the Service through which the cluster calls this server. */
    readonly clusters: Readonly<Record<string, ApiServer>>;
}

/**
 * Serves metrics.k8s.io/v1beta1 for all clusters of a lab, on loopback. It measures nothing: pods and nodes
 * come from the API server of the calling cluster, and their usage is simulated. The certificate is one that
 * kwokctl created, with other names, so callers cannot verify it: sufficient for a lab, whose callers are
 * on the same machine.
 */
export function serveMetrics({ port, clusters }: MetricsConfig): Server {
    const { cert, key } = credentials(Object.values(clusters)[0]!);
    const server = createServer({ cert, key }, (request, response) => {
        void answer(request, clusters)
            .catch((error: Error) => refusal(503, error.message))
            .then(({ status, body }) => {
                response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
            });
    });
    return server.listen(port, "127.0.0.1");
}

async function answer(request: IncomingMessage, clusters: MetricsConfig["clusters"]): Promise<Answer> {
    const { url = "/", socket } = request;
    const service = calledService(socket);
    const cluster = clusters[service];
    if (cluster === undefined) {
        return refusal(421, `no cluster calls this server ${service}`);
    }
    return answerMetrics(url, async (target) => {
        const { status, body } = await ask(cluster, target, { timeoutMs: limitMs });
        return { status, body: JSON.parse(body) as unknown };
    });
}

/** API servers name SERVICE.NAMESPACE.svc in the TLS handshake. Node documents `servername`, its types lack it. */
function calledService(socket: Socket & { servername?: unknown }): string {
    return String(socket.servername).split(".")[0]!;
}
