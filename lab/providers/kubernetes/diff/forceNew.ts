import { isMap, Unknown, type Value } from "../../plugin/values";
import { parseApiVersion } from "../model/kinds";
import { stringAt, valueAt, type KubeObject } from "../model/object";
import { isInside, parsePath, type Path } from "../model/path";
import type { Settings } from "../settings";

/** Paths whose change means another object; for a Patch resource there are no others. */
export const identity = ["metadata.name", "metadata.namespace"].map(parsePath);

const podFields = [
    "affinity",
    "automountServiceAccountToken",
    "dnsConfig",
    "dnsPolicy",
    "enableServiceLinks",
    "hostAliases",
    "hostIPC",
    "hostNetwork",
    "hostPID",
    "hostname",
    "imagePullSecrets",
    "nodeName",
    "nodeSelector",
    "overhead",
    "preemptionPolicy",
    "priority",
    "priorityClassName",
    "readinessGates",
    "restartPolicy",
    "runtimeClassName",
    "schedulerName",
    "securityContext",
    "serviceAccount",
    "serviceAccountName",
    "shareProcessNamespace",
    "subdomain",
    "terminationGracePeriodSeconds",
    "volumes",
];

const containerFields = [
    "args",
    "command",
    "env",
    "image",
    "imagePullPolicy",
    "lifecycle",
    "livenessProbe",
    "ports",
    "readinessProbe",
    "resources",
    "securityContext",
    "stdin",
    "stdinOnce",
    "terminationMessagePath",
    "terminationMessagePolicy",
    "tty",
    "volumeDevices",
    "volumeMounts",
    "workingDir",
];

const persistentVolumeSources = [
    "awsElasticBlockStore",
    "azureDisk",
    "azureFile",
    "cephfs",
    "cinder",
    "csi",
    "fc",
    "flexVolume",
    "flocker",
    "gcePersistentDisk",
    "glusterfs",
    "hostPath",
    "iscsi",
    "local",
    "nfs",
    "photonPersistentDisk",
    "portworxVolume",
    "quobyte",
    "rbd",
    "scaleIO",
    "storageos",
    "vsphereVolume",
];

/**
 * Fields by `group/kind` that the API server does not allow to change (the official provider's table, diff.go).
 */
const immutable: Readonly<Record<string, readonly string[]>> = {
    "apps/DaemonSet": ["spec.selector"],
    "apps/Deployment": ["spec.selector"],
    "apps/StatefulSet": [
        "spec.podManagementPolicy",
        "spec.revisionHistoryLimit",
        "spec.selector",
        "spec.serviceName",
        "spec.volumeClaimTemplates",
    ],
    "batch/Job": ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
    "rbac.authorization.k8s.io/ClusterRoleBinding": ["roleRef"],
    "rbac.authorization.k8s.io/RoleBinding": ["roleRef"],
    "storage.k8s.io/StorageClass": ["parameters", "provisioner"],
    "/PersistentVolume": persistentVolumeSources.map((source) => `spec.${source}`),
    "/PersistentVolumeClaim": [
        "spec.accessModes",
        "spec.selector",
        "spec.storageClassName",
        "spec.volumeName",
    ],
    "/Pod": [
        ...podFields.map((field) => `spec.${field}`),
        ...["containers", "initContainers"].flatMap((list) =>
            containerFields.map((field) => `spec.${list}[*].${field}`),
        ),
    ],
    "/ResourceQuota": ["spec.scopes"],
    "/Secret": ["type"],
    "/Service": ["spec.clusterIP"],
};

/**
 * Paths whose change means a new object. Contents of Secrets and ConfigMaps count unless the settings say no.
 */
export function immutablePaths(object: KubeObject, settings: Settings): readonly Path[] {
    const { group, kind } = parseApiVersion(stringAt(object, "apiVersion"), stringAt(object, "kind"));
    const key = `${group}/${kind}`;
    const sealed = valueAt(object, "immutable") === true;
    const fields =
        key === "/Secret" && (!settings.enableSecretMutable || sealed)
            ? ["type", "stringData", "data"]
            : key === "/ConfigMap" && (!settings.enableConfigMapMutable || sealed)
              ? ["binaryData", "data"]
              : (immutable[key] ?? []);
    return [...identity, ...fields.map(parsePath)];
}

/**
 * Whether setting `value` at `path` touches one of the immutable paths: inside it, or a whole that holds it.
 */
export function touches(path: Path, value: Value | undefined, immutable: readonly Path[]): boolean {
    return immutable.some(
        (fixed) => isInside(path, fixed) || (fixed.length > path.length && reaches(path, value, fixed)),
    );
}

function reaches(path: Path, value: Value | undefined, fixed: Path): boolean {
    const start = fixed.slice(0, path.length);
    return isInside(path, start) && holds(value, fixed.slice(path.length));
}

function holds(value: Value | undefined, [segment, ...rest]: Path): boolean {
    if (segment === undefined) {
        return value !== undefined;
    }
    if (value instanceof Unknown || value === undefined) {
        return false;
    }
    if (segment === "*") {
        return Array.isArray(value) && value.some((element) => holds(element, rest));
    }
    return isMap(value) && typeof segment === "string" && holds(value[segment], rest);
}
