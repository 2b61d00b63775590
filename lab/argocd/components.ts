import { createHash } from "node:crypto";
import * as os from "node:os";
import * as path from "node:path";
import type { ToolName } from "../tools";
import { labDir } from "../paths";
import { argoCdNamespace } from "./hub";

/** The folder of all files of Argo CD's processes on this machine. */
export const argoCdDir = path.join(labDir, "argocd");

const ofThisLab = createHash("sha256").update(argoCdDir).digest("hex").slice(0, 12);

/** Files and folders of the processes, inside {@link argoCdDir}. */
export const files = {
    /** The hub's kubeconfig of its administrator, for other programs than Argo CD's components. */
    kubeconfig: path.join(argoCdDir, "kubeconfig"),
    /** Kubeconfigs and tokens of Argo CD's ServiceAccounts. */
    accounts: path.join(argoCdDir, "accounts"),
    /** Scripts that the repo server calls. */
    bin: path.join(argoCdDir, "bin"),
    home: path.join(argoCdDir, "home"),
    tmp: path.join(argoCdDir, "tmp"),
    /** What the ConfigMaps argocd-ssh-known-hosts-cm and argocd-tls-certs-cm hold. */
    ssh: path.join(argoCdDir, "ssh"),
    tls: path.join(argoCdDir, "tls"),
    /** What the ConfigMap argocd-gpg-keys-cm holds. */
    signingKeys: path.join(argoCdDir, "signing-keys"),
    /** The repo server's keyring. The socket in it must have a short path (107 characters): not below the lab. */
    gnupg: path.join(os.tmpdir(), `hubspoke-gnupg-${ofThisLab}`),
    helm: path.join(argoCdDir, "helm"),
    plugins: path.join(argoCdDir, "plugins"),
    kubeCache: path.join(argoCdDir, "kubecache"),
} as const;

const portNames = [
    "redis",
    "repoServer",
    "repoServerMetrics",
    "controllerMetrics",
    "controllerMetrics1",
    "controllerMetrics2",
    "applicationSetMetrics",
    "applicationSetProbe",
    "applicationSetWebhook",
    "server",
    "serverMetrics",
    "notificationsMetrics",
] as const;

/** A port that one of Argo CD's processes listens on. */
export type PortName = (typeof portNames)[number];

/** Every port by its name. */
export type Ports = Readonly<Record<PortName, number>>;

/** Builds the table of ports, one name after the other. */
export async function portsBy(
    choose: (name: PortName, taken: readonly number[]) => Promise<number>,
): Promise<Ports> {
    const entries: [PortName, number][] = [];
    for (const name of portNames) {
        entries.push([name, await choose(name, entries.map(([, port]) => port))]);
    }
    return Object.fromEntries(entries) as Ports;
}

/**
 * One of Argo CD's components, and what the lab changes in its pod's invocation: addresses, ports and paths of
 * this machine, and plain connections between components. Flags come last, so that they override the pod's flags.
 *
 * Everything listens on loopback, except the metrics of the application and notifications controllers: their
 * address 0.0.0.0 is fixed in Argo CD (controller/appcontroller.go, cmd/argocd-notification).
 */
export interface Component {
    /** Name of its process and of its log, and of its StatefulSet or Deployment on the hub. */
    readonly name: string;
    /** Name of the StatefulSet or Deployment, if it is another one. */
    readonly workload?: string;
    readonly binary: ToolName;
    /** It runs only if its workload is on the hub; other components are required. */
    readonly optional?: true;
    readonly ports: readonly PortName[];
    readonly flags: (ports: Ports) => string[];
    readonly env?: Readonly<Record<string, string>>;
    /** Variables of the pod that do not apply on this machine. */
    readonly unset?: readonly string[];
    /** Path and port that answer 200 when it is healthy. */
    readonly health: readonly [PortName, string];
}

const loopback = "127.0.0.1";
const at = (port: number) => `${loopback}:${port}`;

/** The components that need only Redis and the API server come first: the others call them. */
export const repoServer: Component = {
    name: "argocd-repo-server",
    binary: "argocd-repo-server",
    ports: ["repoServer", "repoServerMetrics"],
    flags: (ports) => [
        `--address=${loopback}`,
        `--port=${ports.repoServer}`,
        `--metrics-address=${loopback}`,
        `--metrics-port=${ports.repoServerMetrics}`,
        "--disable-tls=true",
        "--client-ca-path=",
        `--redis=${at(ports.redis)}`,
        "--redis-use-tls=false",
    ],
    env: {
        ARGOCD_PLUGINSOCKFILEPATH: files.plugins,
        HELM_CACHE_HOME: files.helm,
        HELM_CONFIG_HOME: files.helm,
        HELM_DATA_HOME: files.helm,
    },
    health: ["repoServerMetrics", "/healthz?full=true"],
};

const controllerName = "argocd-application-controller";

/** Ports of the metrics of each shard of the application controller: the lab runs at most this many. */
export const shardPorts = ["controllerMetrics", "controllerMetrics1", "controllerMetrics2"] as const;

/**
 * The application controller, a process for each shard.
 *
 * @param shards how many replicas of the StatefulSet the processes stand for; one alone takes every cluster
 */
export function controllers(shards: number): Component[] {
    return shardPorts.slice(0, shards).map((port, shard) => ({
        name: shard === 0 ? controllerName : `${controllerName}-${shard}`,
        workload: controllerName,
        binary: controllerName,
        ports: [port],
        flags: (ports) => [
            `--namespace=${argoCdNamespace}`,
            `--metrics-port=${ports[port]}`,
            `--repo-server=${at(ports.repoServer)}`,
            "--repo-server-plaintext=true",
            `--redis=${at(ports.redis)}`,
            "--redis-use-tls=false",
            "--dynamic-cluster-distribution-enabled=false",
        ],
        env: {
            ARGOCD_CONTROLLER_REPLICAS: String(shards),
            ...(shards > 1 && { ARGOCD_CONTROLLER_SHARD: String(shard) }),
            KUBECACHEDIR: files.kubeCache,
        },
        unset: ["ARGOCD_CONTROLLER_SHARD"],
        health: [port, "/healthz"],
    }));
}

/** The other components that call the repo server. */
export const callers: readonly Component[] = [
    {
        name: "argocd-applicationset-controller",
        binary: "argocd-applicationset-controller",
        ports: ["applicationSetMetrics", "applicationSetProbe", "applicationSetWebhook"],
        flags: (ports) => [
            `--namespace=${argoCdNamespace}`,
            `--metrics-addr=${at(ports.applicationSetMetrics)}`,
            `--probe-addr=${at(ports.applicationSetProbe)}`,
            `--webhook-addr=${at(ports.applicationSetWebhook)}`,
            `--argocd-repo-server=${at(ports.repoServer)}`,
            "--repo-server-plaintext=true",
            // One process needs no leader election, and outside a cluster there is no namespace for the lease.
            "--enable-leader-election=false",
        ],
        // Its probe endpoint has no checks: it answers 404 (argo-cd cmd/argocd-applicationset-controller).
        health: ["applicationSetMetrics", "/metrics"],
    },
    {
        name: "argocd-server",
        binary: "argocd-server",
        ports: ["server", "serverMetrics"],
        flags: (ports) => [
            `--namespace=${argoCdNamespace}`,
            `--address=${loopback}`,
            `--port=${ports.server}`,
            `--metrics-address=${loopback}`,
            `--metrics-port=${ports.serverMetrics}`,
            "--insecure=true",
            `--repo-server=${at(ports.repoServer)}`,
            "--repo-server-plaintext=true",
            `--redis=${at(ports.redis)}`,
            "--redis-use-tls=false",
        ],
        // argocd-server 3.6.1 takes this variable's value for the flag's name (argocd_server.go).
        unset: ["ARGOCD_SERVER_METRICS_LISTEN_ADDRESS"],
        health: ["server", "/healthz?full=true"],
    },
    {
        name: "argocd-notifications-controller",
        binary: "argocd-notifications",
        optional: true,
        ports: ["notificationsMetrics"],
        flags: (ports) => [
            `--namespace=${argoCdNamespace}`,
            `--metrics-port=${ports.notificationsMetrics}`,
            `--argocd-repo-server=${at(ports.repoServer)}`,
            "--argocd-repo-server-plaintext=true",
        ],
        health: ["notificationsMetrics", "/metrics"],
    },
];

/** Environment of every component on this machine: its folders, and nothing from the user's environment. */
export const machineEnvironment: Readonly<Record<string, string>> = {
    ARGOCD_FAKE_IN_CLUSTER: "true",
    ARGOCD_SSH_DATA_PATH: files.ssh,
    ARGOCD_TLS_DATA_PATH: files.tls,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    HOME: files.home,
    TMPDIR: files.tmp,
};
