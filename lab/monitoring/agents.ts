import * as path from "node:path";
import { bundleScript, findProcess, startProcess, stopProcess, waitFor } from "../processes";
import { lookAtHttp } from "../argocd/health";
import { monitoringDir, type MonitoringPorts, monitoringPorts } from "./ports";

/** Clusters to which the agent is delivered. */
export const agentClusters = ["staging", "prod", "dr"] as const;

export type AgentCluster = (typeof agentClusters)[number];

const portNames = {
    staging: "agentStaging",
    prod: "agentProd",
    dr: "agentDr",
} as const satisfies Record<AgentCluster, keyof MonitoringPorts>;

const startLimitMs = 20_000;

/**
 * The endpoint by which users reach the agent on a cluster. No process runs in the lab's pods, so a small server on
 * this machine simulates the cluster's ingress and the agent behind it. It does not stop with the cluster: the drill
 * must stop it too.
 */
function agentUrl(ports: MonitoringPorts, cluster: AgentCluster): string {
    return `http://127.0.0.1:${ports[portNames[cluster]]}/healthz`;
}

/** The same for every cluster, by its name. */
export async function agentUrls(): Promise<Readonly<Record<AgentCluster, string>>> {
    const ports = await monitoringPorts();
    const urls = agentClusters.map((cluster) => [cluster, agentUrl(ports, cluster)]);
    return Object.fromEntries(urls) as Record<AgentCluster, string>;
}

/** Starts the agent's endpoint of a cluster, unless it runs. */
export async function startAgent(cluster: AgentCluster): Promise<void> {
    const name = processName(cluster);
    if (findProcess(name)) {
        return;
    }
    const ports = await monitoringPorts();
    const port = ports[portNames[cluster]];
    await startProcess({
        name,
        command: process.execPath,
        args: ["--max-old-space-size=32", await bundle(), String(port), cluster],
        env: {},
        ports: [port],
    });
    await waitFor(`the agent's endpoint of ${cluster}`, () => lookAtHttp(agentUrl(ports, cluster)), {
        timeoutMs: startLimitMs,
        intervalMs: 50,
        processes: [name],
    });
}

/** Kills the agent's endpoint of a cluster; returns whether it ran. */
export async function stopAgent(cluster: AgentCluster): Promise<boolean> {
    return stopProcess(processName(cluster), { graceMs: 0 });
}

function processName(cluster: AgentCluster): string {
    return `${cluster}-agent`;
}

async function bundle(): Promise<string> {
    const outfile = path.join(monitoringDir, "agent.cjs");
    await bundleScript(path.join(__dirname, "agentMain.ts"), outfile);
    return outfile;
}
