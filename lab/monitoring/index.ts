import { ensureExtras } from "../tools";
import { agentClusters, startAgent, stopAgent } from "./agents";
import { startDns, stopDns } from "./dns";
import { monitoringPorts, type MonitoringPorts } from "./ports";
import { startWatch, stopWatch } from "./watch";

export { type AgentCluster, agentClusters, agentUrls, startAgent, stopAgent } from "./agents";
export { clusterOfUsers, fleetDomain, installDnsEndpoints } from "./dns";
export { monitoringDir, monitoringPorts, type MonitoringPorts } from "./ports";
export { failoverToken, query } from "./watch";

const tools = ["prometheus", "alertmanager", "blackbox_exporter", "coredns", "external-dns"] as const;

/**
 * Starts what watches the lab and leads users to a cluster: the agents' endpoints, DNS, Prometheus, Alertmanager.
 * What runs already is left alone. Their tools are built when first used.
 */
export async function startMonitoring(report: (line: string) => void): Promise<MonitoringPorts> {
    await ensureExtras(tools, report);
    const ports = await monitoringPorts();
    await Promise.all([...agentClusters.map(startAgent), startDns(ports), startWatch(ports)]);
    return ports;
}

/** Stops all of it. */
export async function stopMonitoring(): Promise<void> {
    await Promise.all([...agentClusters.map(stopAgent), stopDns(), stopWatch()]);
}
