import { clusterLabel } from "../../clusters/names";

/** Labels of a cluster Secret that its metrics also have, so that an alert can name the cluster and the environment. */
const clusterLabels = ["environment", "region", clusterLabel];

/**
 * Metrics of every component.
 *
 * @param serviceMonitors whether the hub has the Prometheus operator, which finds them by ServiceMonitors
 */
export function metricsValues(serviceMonitors: boolean) {
    const metrics = { enabled: true, serviceMonitor: { enabled: serviceMonitors } };
    return {
        controller: {
            metrics,
            extraArgs: [`--metrics-cluster-labels=${clusterLabels.join(",")}`],
        },
        server: { metrics },
        repoServer: { metrics },
        applicationSet: { metrics },
        notifications: { metrics },
    };
}
