/** Namespace of the External Secrets operator; its own docs assume this name. */
export const operatorNamespace = "external-secrets";

/** Chart of the operator where the settings name none. */
export const operatorChart = { name: "external-secrets", repository: "https://charts.external-secrets.io", version: "0.18.2" };

/**
 * Values of the operator's chart: two of each part, only what is needed of it, and CRDs that outlive the release,
 * since their deletion would take every ExternalSecret of the cluster, and with those the Secrets that they own.
 */
export function operatorValues() {
    const budget = { enabled: true, minAvailable: 1 };
    const requests = { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "256Mi" } };
    const replicated = { replicaCount: 2, podDisruptionBudget: budget, resources: requests };
    return {
        ...replicated,
        leaderElect: true,
        crds: { annotations: { "helm.sh/resource-policy": "keep" } },
        // Stores belong to a namespace here, and nothing is written into one.
        processClusterStore: false,
        processClusterExternalSecret: false,
        processClusterPushSecret: false,
        processPushSecret: false,
        webhook: replicated,
        certController: { resources: requests },
    };
}
