import { toYaml } from "../support/yaml";

/** Kinds that Argo CD neither watches nor shows. */
export interface Exclusion {
    readonly apiGroups: readonly string[];
    readonly kinds: readonly string[];
    /** URLs of API servers, with wildcards; by default all. */
    readonly clusters?: readonly string[];
}

/**
 * Kinds that clusters write often and that are not kept in Git. Each watched kind needs memory on the hub for every
 * object and a connection for every cluster. This is the chart's list (10.1.1, `configs.cm`), which a list in the
 * values would otherwise replace; test/chart compares the two.
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

/** Values that exclude the default kinds and those in the settings. */
export function exclusionValues(more: readonly Exclusion[]) {
    return { configs: { cm: { "resource.exclusions": toYaml([...usualExclusions, ...more]) } } };
}
