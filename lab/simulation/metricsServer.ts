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
        void answerCaller(calledService(request.socket), request.url ?? "/", clusters)
            .catch((error: Error) => refusal(503, error.message))
            .then(({ status, body }) => {
                response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
            });
    });
    return server.listen(port, "127.0.0.1");
}

/**
 * Answers with what the calling cluster has.
 *
 * @param service the name by which the cluster calls; a caller without one gets what is the same for all clusters
 */
export function answerCaller(service: string, url: string, clusters: MetricsConfig["clusters"]): Promise<Answer> {
    return answerMetrics(url, async (target) => {
        const cluster = clusters[service];
        if (cluster === undefined) {
            return refusal(421, `no cluster calls this server ${service}`);
        }
        const { status, body } = await ask(cluster, target, { timeoutMs: limitMs });
        return { status, body: JSON.parse(body) as unknown };
    });
}

/**
 * API servers name SERVICE.NAMESPACE.svc in the TLS handshake; Kubernetes 1.34 not where it only checks that
 * this server answers (kube-aggregator, pkg/controllers/status/remote). Node documents `servername`, its types lack it.
 */
function calledService(socket: Socket & { servername?: unknown }): string {
    return String(socket.servername).split(".")[0]!;
}
