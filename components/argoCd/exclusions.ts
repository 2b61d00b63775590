import { stringify } from "yaml";

/** Kinds that Argo CD neither watches nor shows. */
export interface Exclusion {
    readonly apiGroups: readonly string[];
    readonly kinds: readonly string[];
    /** URLs of API servers, with wildcards; nothing means all. */
    readonly clusters?: readonly string[];
}

/**
 * What clusters write often and nobody keeps in Git. Each watched kind costs memory on the hub for every object and a
 * connection for every cluster. This is the chart's own list (10.1.1, `configs.cm`), which a list of one's own would
 * otherwise replace; test/chart compares the two.
 */
export const usualExclusions: readonly Exclusion[] = [
    { apiGroups: ["", "discovery.k8s.io"], kinds: ["Endpoints", "EndpointSlice"] },
    { apiGroups: ["coordination.k8s.io"], kinds: ["Lease"] },
    {
        apiGroups: ["authentication.k8s.io", "authorization.k8s.io"],
        kinds: [
            "SelfSubjectReview",
            "TokenReview",
            "LocalSubjectAccessReview",
            "SelfSubjectAccessReview",
            "SelfSubjectRulesReview",
            "SubjectAccessReview",
        ],
    },
    { apiGroups: ["certificates.k8s.io"], kinds: ["CertificateSigningRequest"] },
    { apiGroups: ["cert-manager.io"], kinds: ["CertificateRequest"] },
    { apiGroups: ["cilium.io"], kinds: ["CiliumIdentity", "CiliumEndpoint", "CiliumEndpointSlice"] },
    {
        apiGroups: ["kyverno.io", "reports.kyverno.io", "wgpolicyk8s.io"],
        kinds: [
            "PolicyReport",
            "ClusterPolicyReport",
            "EphemeralReport",
            "ClusterEphemeralReport",
            "AdmissionReport",
            "ClusterAdmissionReport",
            "BackgroundScanReport",
            "ClusterBackgroundScanReport",
            "UpdateRequest",
        ],
    },
];

/** Values that leave out the usual kinds, and those that the settings name. */
export function exclusionValues(more: readonly Exclusion[]) {
    return { configs: { cm: { "resource.exclusions": stringify([...usualExclusions, ...more]) } } };
}
