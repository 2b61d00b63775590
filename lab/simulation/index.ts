import { clusterNames } from "../clusters";
import { whyNotReady } from "../clusters/api";
import { type Report, withClusters } from "../clusters/work";
import { registerMetrics, unregisterMetrics } from "./metricsApi";
import { startMetricsServer, stopMetricsServer } from "./metricsProcess";

/**
 * Gives every cluster the metrics that its autoscalers need: usage of the simulated pods. Addresses of Ingresses
 * need no start: kwok simulates them with `stages.yaml`. Repeat this at every start of the lab, after the clusters:
 * the metrics server may have ended, and without it, the deletion of a namespace may hang.
 */
export async function startSimulation(report: Report): Promise<void> {
    await withClusters("starting the simulation", report, async () => {
        const port = await startMetricsServer();
        await Promise.all(clusterNames.map((cluster) => registerMetrics(cluster, port)));
    });
}

/**
 * Removes the metrics API from every cluster that serves, then ends the metrics server. In a cluster that
 * does not serve, the API's registration stays: end that cluster, or start the simulation again.
 */
export async function stopSimulation(): Promise<void> {
    await withClusters("stopping the simulation", () => undefined, async () => {
        await Promise.all(
            clusterNames.map(async (cluster) => {
                if ((await whyNotReady(cluster)) === undefined) {
                    await unregisterMetrics(cluster);
                }
            }),
        );
        await stopMetricsServer();
    });
}
