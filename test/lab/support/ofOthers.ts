import { agentRepositoryUrl } from "../../../lab/argocd";

/** What of an Application differs between tests. */
interface Given {
    readonly name: string;
    readonly project: string;
    /** The cluster's name in Argo CD. */
    readonly cluster: string;
    /** Namespace on that cluster. */
    readonly namespace: string;
    readonly repoURL?: string;
    /** Folder in the repository. */
    readonly path?: string;
}

/** An Application that no ApplicationSet has made, and that nobody syncs; by default of the agent's own chart. */
export function applicationOfOthers(given: Given) {
    const { name, project, cluster, namespace, repoURL = agentRepositoryUrl(), path = "helm" } = given;
    return {
        apiVersion: "argoproj.io/v1alpha1",
        kind: "Application",
        metadata: { name, namespace: "argocd" },
        spec: {
            project,
            source: { repoURL, path, targetRevision: "main" },
            destination: { name: cluster, namespace },
        },
    };
}
