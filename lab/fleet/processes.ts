import * as path from "node:path";
import type { ProcessSpec } from "../processes";
import { toolPath } from "../tools";
import { clusterFiles, type FleetCluster, fleetDir } from "./names";

/** Name of the recorded etcd process that all lean control planes share. */
export const etcdProcess = "fleet-etcd";

/** Names of the recorded processes of one lean control plane. */
export const apiServerProcess = (cluster: FleetCluster) => `${cluster}-kube-apiserver`;
export const controllersProcess = (cluster: FleetCluster) => `${cluster}-kube-controller-manager`;

/** Memory rather than processor time: a lab has many of these, and each has little to do. */
const lean = { GOGC: "40", GOMAXPROCS: "2", NO_PROXY: "*" };

/** An address for documentation (RFC 5737): an API server advertises one, and nothing uses it. */
const nobodysAddress = "192.0.2.1";

/** The APIs that the program, the agent's chart and the controllers below use. */
const apis = [
    ...["api/v1", "apps/v1", "batch/v1", "autoscaling/v2", "policy/v1", "networking.k8s.io/v1"],
    ...["discovery.k8s.io/v1", "authentication.k8s.io/v1", "authorization.k8s.io/v1", "rbac.authorization.k8s.io/v1"],
    ...["apiextensions.k8s.io/v1", "apiregistration.k8s.io/v1", "admissionregistration.k8s.io/v1"],
    ...["events.k8s.io/v1", "coordination.k8s.io/v1", "scheduling.k8s.io/v1", "resource.k8s.io/v1"],
];

/** Nothing here serves a webhook or signs a certificate, and there are no nodes and no storage. */
const admissionOff = [
    ...["MutatingAdmissionWebhook", "ValidatingAdmissionWebhook"],
    ...["MutatingAdmissionPolicy", "ValidatingAdmissionPolicy"],
    ...["CertificateApproval", "CertificateSigning", "CertificateSubjectRestriction", "ClusterTrustBundleAttest"],
    ...["TaintNodesByCondition", "PodTopologyLabels", "RuntimeClass", "DefaultIngressClass", "DefaultStorageClass"],
    ...["PersistentVolumeClaimResize", "StorageObjectInUseProtection"],
];

/**
 * The controllers that the program waits for: tokens and default accounts, the end of namespaces, quotas, deletion in
 * the foreground, and the authority in each namespace. Deployments have a stand-in (deployments.ts).
 */
const controllers = [
    ...["serviceaccount-token-controller", "serviceaccount-controller", "root-ca-certificate-publisher-controller"],
    ...["namespace-controller", "resourcequota-controller", "garbage-collector-controller"],
];

/** One etcd for all: it does not wait for the disk, as the data need not survive a power failure. */
export function etcdSpec({ client, peer }: { readonly client: number; readonly peer: number }): ProcessSpec {
    const [clientUrl, peerUrl] = [`http://127.0.0.1:${client}`, `http://127.0.0.1:${peer}`];
    return {
        name: etcdProcess,
        command: toolPath("etcd"),
        args: [
            `--data-dir=${path.join(fleetDir, "etcd")}`,
            ...[`--listen-client-urls=${clientUrl}`, `--advertise-client-urls=${clientUrl}`],
            ...[`--listen-peer-urls=${peerUrl}`, `--initial-advertise-peer-urls=${peerUrl}`],
            `--initial-cluster=default=${peerUrl}`,
            "--unsafe-no-fsync",
            "--log-level=warn",
            "--quota-backend-bytes=8589934592",
            ...["--auto-compaction-mode=periodic", "--auto-compaction-retention=10m"],
        ],
        env: {},
        ports: [client, peer],
    };
}

/** A whole kube-apiserver with its own address, authority and data, which are a prefix in the shared etcd. */
export function apiServerSpec(cluster: FleetCluster, port: number, etcd: number): ProcessSpec {
    const { folder, accountKey, tokens } = clusterFiles(cluster);
    return {
        name: apiServerProcess(cluster),
        command: toolPath("kube-apiserver"),
        args: [
            ...[`--etcd-servers=http://127.0.0.1:${etcd}`, `--etcd-prefix=/${cluster}`],
            ...["--bind-address=127.0.0.1", `--secure-port=${port}`, `--advertise-address=${nobodysAddress}`],
            ...[`--cert-dir=${folder}`, `--token-auth-file=${tokens}`, "--authorization-mode=RBAC"],
            ...[`--service-account-key-file=${accountKey}`, `--service-account-signing-key-file=${accountKey}`],
            "--service-account-issuer=https://kubernetes.default.svc",
            "--service-cluster-ip-range=10.96.0.0/16",
            "--endpoint-reconciler-type=none",
            `--runtime-config=api/all=false,${apis.map((api) => `${api}=true`).join(",")}`,
            `--disable-admission-plugins=${admissionOff.join(",")}`,
            // Each of these costs memory or processor time at rest.
            ...["--watch-cache=false", "--enable-priority-and-fairness=false", "--profiling=false"],
            "--feature-gates=APIServerIdentity=false,UnknownVersionInteroperabilityProxy=false",
            ...["--etcd-compaction-interval=0", "--etcd-count-metric-poll-period=0", "--etcd-db-metric-poll-interval=0"],
        ],
        env: lean,
        ports: [port],
    };
}

/** The process of a lean control plane's controllers: those that the program waits for. */
export function controllersSpec(cluster: FleetCluster): ProcessSpec {
    const { folder, accountKey, ca, kubeconfig } = clusterFiles(cluster);
    return {
        name: controllersProcess(cluster),
        command: toolPath("kube-controller-manager"),
        args: [
            `--kubeconfig=${kubeconfig}`,
            `--cert-dir=${folder}`,
            `--controllers=${controllers.join(",")}`,
            ...[`--service-account-private-key-file=${accountKey}`, `--root-ca-file=${ca}`],
            ...["--use-service-account-credentials=false", "--leader-elect=false", "--secure-port=0"],
            ...["--concurrent-gc-syncs=2", "--profiling=false"],
        ],
        env: lean,
    };
}
