import type { Report } from "../phases";
import { ensureExtras } from "../tools";
import { agentClusters, ensureAgents, startAgent, stopAgents } from "./agents";
import { startDns, stopDns } from "./dns";
import { monitoringPorts, type MonitoringPorts } from "./ports";
import { startWatch, stopWatch } from "./watch";

export { agentUrls, startAgent, stopAgent } from "./agents";
export { clusterOfUsers, dnsSyncSeconds, fleetDomain, installDnsEndpoints, removeDnsEndpoints } from "./dns";
export { monitoringPorts, type MonitoringPorts } from "./ports";
export { failoverToken, query } from "./watch";

const tools = ["prometheus", "alertmanager", "blackbox_exporter", "coredns", "external-dns"] as const;

/**
 * Builds the tools for the lab's monitoring, if they are not built yet, about 25 minutes on two cores; and installs the
 * packages of the agent's service, or says why it cannot.
 */
export async function ensureMonitoringTools(report: Report): Promise<void> {
    await ensureExtras(tools, report);
    await ensureAgents(report);
}

/**
 * Starts the lab's monitoring and DNS: the agents' endpoints, CoreDNS and external-dns, Prometheus, Alertmanager.
 * Running ones are restarted, because the stacks' rules and targets may have changed.
 */
export async function startMonitoring(report: Report): Promise<MonitoringPorts> {
    await ensureMonitoringTools(report);
    await stopMonitoring();
    const ports = await monitoringPorts();
    await Promise.all([...agentClusters.map(startAgent), startDns(ports), startWatch(ports)]);
    return ports;
}

/** Stops all of it. */
export async function stopMonitoring(): Promise<void> {
    await Promise.all([stopAgents(), stopDns(), stopWatch()]);
}
