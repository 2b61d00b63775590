import { stringAt, type KubeObject } from "../model/object";
import { ingress, service } from "./networking";
import { customResourceDefinition, namespace, persistentVolume, resourceQuota, secret } from "./others";
import type { ReadinessRule } from "./readiness";
import { daemonSet, deployment, job, pod, replicationController, statefulSet } from "./workloads";

interface KindRule {
    readonly rule: ReadinessRule;
    /** Whether a refresh looks too, and reports an object that is not ready. */
    readonly onRead: boolean;
}

/** Kinds with a wait, as in the official provider (awaiters.go), and CustomResourceDefinitions. */
const rules: Readonly<Record<string, KindRule>> = {
    "apps/v1/DaemonSet": { rule: daemonSet, onRead: true },
    "apps/v1/Deployment": { rule: deployment, onRead: true },
    "apps/v1/StatefulSet": { rule: statefulSet, onRead: true },
    "batch/v1/Job": { rule: job, onRead: true },
    "networking.k8s.io/v1/Ingress": { rule: ingress, onRead: true },
    "v1/Pod": { rule: pod, onRead: true },
    "v1/Service": { rule: service, onRead: true },
    "apiextensions.k8s.io/v1/CustomResourceDefinition": { rule: customResourceDefinition, onRead: false },
    "v1/Namespace": { rule: namespace, onRead: false },
    "v1/PersistentVolume": { rule: persistentVolume, onRead: false },
    "v1/ReplicationController": { rule: replicationController, onRead: false },
    "v1/ResourceQuota": { rule: resourceQuota, onRead: false },
    "v1/Secret": { rule: secret, onRead: false },
};

/** The rule of an object's kind; undefined for a kind that is ready as soon as it exists. */
export function ruleOf(object: KubeObject): KindRule | undefined {
    return rules[`${stringAt(object, "apiVersion")}/${stringAt(object, "kind")}`];
}
