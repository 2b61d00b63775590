import * as path from "node:path";
import type { Report } from "../phases";
import { bundleScript, findProcess, type ProcessSpec, startProcess, stopProcess, waitFor } from "../processes";
import { lookAtHttp } from "../argocd/health";
import { type AgentPod, readAgentPod } from "./agentPod";
import { agentDir, agentPython } from "./agentPython";
import { monitoringDir, type MonitoringPorts, monitoringPorts } from "./ports";

/** Clusters to which the agent is delivered. */
export const agentClusters = ["staging", "prod", "dr"] as const;

export type AgentCluster = (typeof agentClusters)[number];

const portNames = {
    staging: "agentStaging",
    prod: "agentProd",
    dr: "agentDr",
} as const satisfies Record<AgentCluster, keyof MonitoringPorts>;

/** As long as the chart's startup probe allows. */
const startLimitMs = 120_000;

const python = { found: undefined as Promise<string | undefined> | undefined };

/** What each cluster's node knows of its pod: a container that is started again needs no API server. */
const pods = new Map<AgentCluster, AgentPod>();

/** Finds or installs what the agent's service needs; a line says so where small servers must stand in for it. */
export async function ensureAgents(report: Report): Promise<void> {
    python.found ??= agentPython(report);
    await python.found;
}

/**
 * The endpoint by which users reach the agent on a cluster. No process runs in the lab's pods, so the agent's service
 * runs on this machine, with the environment of the pods, in place of the cluster's ingress and the pods behind it. It
 * does not stop with the cluster: the drill must stop it too.
 */
function agentUrl(ports: MonitoringPorts, cluster: AgentCluster, probe = "/healthz"): string {
    return `http://127.0.0.1:${ports[portNames[cluster]]}${probe}`;
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
    const found = await python.found;
    const pod = found === undefined ? standIn : (pods.get(cluster) ?? (await readAgentPod(cluster)));
    pods.set(cluster, pod);
    const program = found === undefined ? await small(port, cluster) : service(found, port, pod);
    await startProcess({ name, ...program, ports: [port] });
    for (const probe of pod.probes) {
        await waitFor(`${probe} of the agent of ${cluster}`, () => lookAtHttp(agentUrl(ports, cluster, probe)), {
            timeoutMs: startLimitMs,
            intervalMs: 50,
            processes: [name],
        });
    }
}

/** Kills the agents' endpoints; the next start reads the clusters again. */
export async function stopAgents(): Promise<void> {
    await Promise.all(agentClusters.map(stopAgent));
    pods.clear();
}

/** Kills the agent's endpoint of a cluster; returns whether it ran. */
export async function stopAgent(cluster: AgentCluster): Promise<boolean> {
    return stopProcess(processName(cluster), { graceMs: 0 });
}

function processName(cluster: AgentCluster): string {
    return `${cluster}-agent`;
}

type Program = Pick<ProcessSpec, "command" | "args" | "env" | "cwd">;

const standIn: AgentPod = { environment: {}, probes: ["/healthz"] };

async function small(port: number, cluster: AgentCluster): Promise<Program> {
    const outfile = path.join(monitoringDir, "agent.cjs");
    await bundleScript(path.join(__dirname, "agentMain.ts"), outfile);
    return { command: process.execPath, args: ["--max-old-space-size=32", outfile, String(port), cluster], env: {} };
}

/** As the image runs it, but on a port of this machine. */
function service(file: string, port: number, { environment }: AgentPod): Program {
    const ofImage = { PYTHONPATH: path.join(agentDir, "src"), PYTHONUNBUFFERED: "1", PYTHONDONTWRITEBYTECODE: "1" };
    const env = { ...environment, ...ofImage, HOST: "127.0.0.1", PORT: String(port) };
    return { command: file, args: ["-m", "agent"], env, cwd: agentDir };
}
