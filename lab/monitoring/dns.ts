import { Resolver } from "node:dns/promises";
import * as path from "node:path";
import { files } from "../argocd/components";
import { lookAtHttp } from "../argocd/health";
import { kubectl } from "../kubectl";
import { findProcess, startProcess, stopProcess, waitFor, writeFileWhole } from "../processes";
import { readInLab } from "../stacks/project";
import { toolPath } from "../tools";
import { type AgentCluster, agentClusters } from "./agents";
import { corefile } from "./configuration";
import { monitoringDir, type MonitoringPorts } from "./ports";

const startLimitMs = 30_000;

const crdFile = path.join(__dirname, "dnsendpoint-crd.yaml");

/** Interval of external-dns. After an event it waits 5 seconds (its controller's ScheduleRunOnce). */
export const dnsSyncSeconds = 2;

const processNames = ["external-dns", "coredns", "dns-etcd"] as const;

/** The fleet's domain. */
export function fleetDomain(): string {
    return String(readInLab("hub")["hubspoke:domain"]);
}

/**
 * Starts a DNS server for the fleet's domain: CoreDNS, with the records in its own etcd, and external-dns, which
 * writes the records of the hub's DNSEndpoints there.
 */
export async function startDns(ports: MonitoringPorts): Promise<void> {
    const domain = fleetDomain();
    const etcd = `http://127.0.0.1:${ports.dnsEtcd}`;
    const peer = `http://127.0.0.1:${ports.dnsEtcdPeer}`;
    await start("dns-etcd", "etcd", [ports.dnsEtcd, ports.dnsEtcdPeer], {}, [
        ...["--data-dir", path.join(monitoringDir, "dns-etcd"), "--unsafe-no-fsync", "--log-level=warn"],
        ...["--listen-client-urls", etcd, "--advertise-client-urls", etcd, "--listen-peer-urls", peer],
        ...["--initial-advertise-peer-urls", peer, "--initial-cluster", `default=${peer}`],
    ]);
    await waitFor("the DNS server's etcd", () => lookAtHttp(`${etcd}/health`), {
        timeoutMs: startLimitMs,
        processes: ["dns-etcd"],
    });
    await Promise.all(agentClusters.map((cluster) => publishOwnName(etcd, domain, cluster)));

    const file = path.join(monitoringDir, "Corefile");
    writeFileWhole(file, corefile(domain, ports));
    await start("coredns", "coredns", [ports.dns], {}, ["-conf", file]);
    await start("external-dns", "external-dns", [ports.externalDns], { ETCD_URLS: etcd }, [
        ...["--source=crd", "--provider=coredns", "--policy=upsert-only", "--registry=txt", "--txt-owner-id=hubspoke-hub"],
        ...[`--domain-filter=${domain}`, "--label-filter=hubspoke/traffic=true", "--namespace=argocd"],
        ...[`--interval=${dnsSyncSeconds}s`, "--log-level=debug"],
        ...[`--kubeconfig=${files.kubeconfig}`, `--metrics-address=127.0.0.1:${ports.externalDns}`],
    ]);
}

/** Installs external-dns's CRD DNSEndpoint on the hub, with which the hub's stack publishes the users' name. */
export async function installDnsEndpoints(): Promise<void> {
    await kubectl("hub", ["apply", `--filename=${crdFile}`]);
    await kubectl("hub", ["wait", "--for=condition=Established", "crd/dnsendpoints.externaldns.k8s.io", "--timeout=30s"]);
}

/** Removes it, after no stack publishes a name any more. */
export async function removeDnsEndpoints(): Promise<void> {
    await kubectl("hub", ["delete", `--filename=${crdFile}`, "--ignore-not-found", "--timeout=30s"]);
}

/** Stops the DNS server and external-dns; the records stay. */
export async function stopDns(): Promise<boolean> {
    const ran = await Promise.all(processNames.map((name) => stopProcess(name)));
    return ran.includes(true);
}

/** The cluster to which the DNS server directs users; undefined without an answer. */
export async function clusterOfUsers(ports: MonitoringPorts): Promise<string | undefined> {
    const resolver = new Resolver({ timeout: 2_000, tries: 1 });
    resolver.setServers([`127.0.0.1:${ports.dns}`]);
    const [address] = await resolver.resolve4(`agent.${fleetDomain()}`).catch((): string[] => []);
    return agentClusters.find((cluster) => addressOf(cluster) === address);
}

/** Addresses for documentation (RFC 5737): they distinguish the clusters, and no one connects to them. */
function addressOf(cluster: AgentCluster): string {
    return `192.0.2.${agentClusters.indexOf(cluster) + 1}`;
}

/** A cluster's own DNS name, which external-dns on that cluster would publish for its Ingress. */
async function publishOwnName(etcd: string, domain: string, cluster: AgentCluster): Promise<void> {
    const key = ["/skydns", ...domain.split(".").reverse(), cluster, "agent", "own"].join("/");
    const base64 = (text: string) => Buffer.from(text).toString("base64");
    const value = JSON.stringify({ host: addressOf(cluster), ttl: 5 });
    const response = await fetch(`${etcd}/v3/kv/put`, {
        method: "POST",
        body: JSON.stringify({ key: base64(key), value: base64(value) }),
    });
    if (!response.ok) {
        throw new Error(`the DNS server's etcd answers ${response.status}: ${await response.text()}`);
    }
}

async function start(
    name: (typeof processNames)[number],
    tool: Parameters<typeof toolPath>[0],
    ports: readonly number[],
    env: Readonly<Record<string, string>>,
    args: readonly string[],
): Promise<void> {
    if (!findProcess(name)) {
        await startProcess({ name, command: toolPath(tool), args, env: { ...env, HOME: monitoringDir }, ports });
    }
}
