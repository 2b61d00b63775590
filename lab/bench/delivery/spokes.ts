import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { applyByHand } from "../../apply";
import { argoCdNamespace } from "../../argocd/hub";
import { clusterStates } from "../../clusters";
import { readCredentials } from "../../clusters/api";
import { kubectl } from "../../kubectl";
import { projectRoot } from "../../paths";
import { benchLabel, spoke } from "./clear";

/** The program's rights for Argo CD in a namespace, so that both sides of the comparison watch the same kinds. */
function agentRules(): unknown {
    return JSON.parse(fs.readFileSync(path.join(projectRoot, "rules", "agent.json"), "utf8"));
}

const account = "bench";
const metadata = { name: account, labels: benchLabel };

/** A cluster of the benchmark: Argo CD sees a separate cluster, but it is one namespace of a spoke. */
export interface BenchCluster {
    /** Its name in Argo CD, and the name of its namespace. */
    readonly name: string;
    readonly server: string;
}

/** Clusters that are separate for Argo CD: each has its own address, cache and watches. */
export interface BenchClusters {
    readonly clusters: readonly BenchCluster[];
    /** Disconnects Argo CD from them. */
    close(): void;
}

/**
 * Registers clusters on the lab's hub. Each is a port on loopback that forwards to one spoke's API server, and a
 * namespace there; its token has the same rights as the program's token.
 *
 * @param label label of their cluster Secrets, which the benchmark's ApplicationSet selects
 */
export async function registerClusters(
    names: readonly string[],
    label: Record<string, string>,
): Promise<BenchClusters> {
    const state = (await clusterStates()).find(({ name }) => name === spoke);
    const target = Number(new URL(state?.server ?? "").port);
    const forwarders = await Promise.all(names.map(() => forward(target)));
    const clusters = names.map((name, index) => ({ name, server: `https://127.0.0.1:${forwarders[index]?.port}` }));
    const namespaces = names.map((name) => {
        return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: benchLabel } };
    });
    await applyByHand(spoke, [...access(), ...namespaces]);
    const token = await kubectl(spoke, ["create", "token", account, "--namespace=default", "--duration=4h"]);
    const config = { bearerToken: token.trim(), tlsClientConfig: { caData: Buffer.from(readCredentials(spoke).ca).toString("base64") } };
    await applyByHand("hub", clusters.map((cluster) => registration(cluster, label, config)));
    return {
        clusters,
        close: () => forwarders.forEach(({ close }) => close()),
    };
}

function access(): object[] {
    const rbac = "rbac.authorization.k8s.io";
    const subject = { kind: "ServiceAccount", name: account, namespace: "default" };
    return [
        { apiVersion: "v1", kind: "ServiceAccount", metadata: { ...metadata, namespace: "default" } },
        { apiVersion: `${rbac}/v1`, kind: "ClusterRole", metadata, rules: agentRules() },
        {
            apiVersion: `${rbac}/v1`,
            kind: "ClusterRoleBinding",
            metadata,
            roleRef: { apiGroup: rbac, kind: "ClusterRole", name: account },
            subjects: [subject],
        },
    ];
}

function registration({ name, server }: BenchCluster, label: Record<string, string>, config: object) {
    return {
        apiVersion: "v1",
        kind: "Secret",
        metadata: {
            name,
            namespace: argoCdNamespace,
            labels: {
                "argocd.argoproj.io/secret-type": "cluster",
                environment: "staging",
                region: "lab",
                ...benchLabel,
                ...label,
            },
            annotations: { domain: `${name}.example.com` },
        },
        stringData: {
            name,
            server,
            project: account,
            namespaces: name,
            clusterResources: "false",
            config: JSON.stringify(config),
        },
    };
}

async function forward(target: number): Promise<{ readonly port: number; readonly close: () => void }> {
    const sockets = new Set<net.Socket>();
    const server = net.createServer((client) => {
        const upstream = net.connect(target, "127.0.0.1");
        for (const [one, other] of [
            [client, upstream],
            [upstream, client],
        ] as const) {
            sockets.add(one);
            one.pipe(other);
            one.on("error", () => other.destroy());
            one.on("close", () => sockets.delete(one));
        }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return {
        port: (server.address() as net.AddressInfo).port,
        close: () => {
            server.close();
            sockets.forEach((socket) => socket.destroy());
        },
    };
}
