import { typeOf } from "../../plugin/provider";

/** API groups that Kubernetes itself serves; every other group belongs to custom resources. */
const builtInGroups = new Set([
    "",
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "apiregistration.k8s.io",
    "apps",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "autoscaling",
    "batch",
    "certificates.k8s.io",
    "coordination.k8s.io",
    "discovery.k8s.io",
    "events.k8s.io",
    "extensions",
    "flowcontrol.apiserver.k8s.io",
    "networking.k8s.io",
    "node.k8s.io",
    "policy",
    "rbac.authorization.k8s.io",
    "resource.k8s.io",
    "scheduling.k8s.io",
    "storage.k8s.io",
    "storagemigration.k8s.io",
]);

/**
 * Built-in kinds that belong to the whole cluster. The API server knows best; this is for when it is silent.
 */
const clusterScopedKinds = new Set([
    "APIService",
    "CSIDriver",
    "CSINode",
    "CertificateSigningRequest",
    "ClusterRole",
    "ClusterRoleBinding",
    "CustomResourceDefinition",
    "DeviceClass",
    "FlowSchema",
    "IPAddress",
    "IngressClass",
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
    "MutatingWebhookConfiguration",
    "Namespace",
    "Node",
    "PersistentVolume",
    "PriorityClass",
    "PriorityLevelConfiguration",
    "ResourceSlice",
    "RuntimeClass",
    "SelfSubjectReview",
    "ServiceCIDR",
    "StorageClass",
    "StorageVersionMigration",
    "SubjectAccessReview",
    "TokenReview",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
    "VolumeAttachment",
    "VolumeAttributesClass",
]);

/** Group and version of an object's `apiVersion`, and its kind. */
export interface GroupVersionKind {
    /** Empty for the core group. */
    readonly group: string;
    readonly version: string;
    readonly kind: string;
}

/** The parts of a resource type such as `kubernetes:apps/v1:Deployment`. */
export function kindOfUrn(urn: string): GroupVersionKind {
    const [, module = "", kind = ""] = typeOf(urn).split(":");
    const [group = "", version = ""] = module.split("/");
    if (kind === "" || version === "") {
        throw new Error(`"${typeOf(urn)}" is not a type of the form kubernetes:<group>/<version>:<Kind>`);
    }
    return { group: group === "core" ? "" : group, version, kind };
}

/** Splits an `apiVersion` such as `apps/v1`. */
export function parseApiVersion(apiVersion: string, kind: string): GroupVersionKind {
    const [first = "", second] = apiVersion.split("/");
    const group = second === undefined || first === "core" ? "" : first;
    return { group, version: second ?? first, kind };
}

/** `apps/v1`, or `v1` for the core group. */
export function apiVersionOf({ group, version }: GroupVersionKind): string {
    return group === "" ? version : `${group}/${version}`;
}

/** Whether Kubernetes itself serves this group. */
export function isBuiltIn({ group }: GroupVersionKind): boolean {
    return builtInGroups.has(group);
}

/** Whether a built-in kind belongs to the whole cluster, by its name alone. */
export function isKnownClusterScoped(gvk: GroupVersionKind): boolean {
    return isBuiltIn(gvk) && clusterScopedKinds.has(gvk.kind);
}

/** Whether a resource is a Patch: it stands for some fields of an object that another owns. */
export function isPatch(urn: string, kindOfInputs: string): boolean {
    return kindOfUrn(urn).kind === `${kindOfInputs}Patch`;
}

/** The kind of the object for which a resource stands: a resource `AppProjectPatch` stands for an AppProject. */
export function kindOfObject(urn: string, kindOfInputs: string): GroupVersionKind {
    const gvk = kindOfUrn(urn);
    return isPatch(urn, kindOfInputs) ? { ...gvk, kind: kindOfInputs } : gvk;
}

/** Why a type cannot be used: it stands for many objects. */
export function unsupportedType(urn: string): string | undefined {
    const gvk = kindOfUrn(urn);
    return isBuiltIn(gvk) && gvk.kind.endsWith("List")
        ? "list resources cannot be created directly; use the type of their items"
        : undefined;
}
