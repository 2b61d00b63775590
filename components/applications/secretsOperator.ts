/** Namespace of the External Secrets operator; its documentation assumes this name. */
export const operatorNamespace = "external-secrets";

/** Default chart of the operator. */
export const operatorChart = { name: "external-secrets", repository: "https://charts.external-secrets.io", version: "0.18.2" };

/**
 * Values of the operator's chart: two replicas of each part, only the necessary features, and CRDs that stay after the
 * release, because their deletion would delete every ExternalSecret of the cluster and the Secrets that they own.
 */
export function operatorValues() {
    const budget = { enabled: true, minAvailable: 1 };
    const requests = { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "256Mi" } };
    const replicated = { replicaCount: 2, podDisruptionBudget: budget, resources: requests };
    return {
        ...replicated,
        leaderElect: true,
        crds: { annotations: { "helm.sh/resource-policy": "keep" } },
        // Stores are namespaced here, and nothing is written to a store.
        processClusterStore: false,
        processClusterExternalSecret: false,
        processClusterPushSecret: false,
        processPushSecret: false,
        webhook: replicated,
        certController: { resources: requests },
    };
}
