import * as path from "node:path";
import { labDir, labName } from "../paths";

/** The lab's clusters; also the names of their kubeconfig contexts. */
export const clusterNames = ["hub", "staging", "prod", "dr"] as const;

export type ClusterName = (typeof clusterNames)[number];

/** kwokctl's components of a cluster, by kwokctl's names; they stop in the reverse order. */
export const components = [
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kwok-controller",
] as const;

export type Component = (typeof components)[number];

/** kwokctl keeps all its clusters below this folder; it belongs to one lab. */
export const kwokWorkDir = path.join(labDir, "kwok");

/** The cluster's name for kwokctl, unique among all labs. */
export function kwokName(cluster: ClusterName): string {
    return `${labName}-${cluster}`;
}

/** kwokctl's folder of one cluster: its configuration, certificates, data, logs and process ids. */
export function clusterDir(cluster: ClusterName): string {
    return path.join(kwokWorkDir, "clusters", kwokName(cluster));
}
