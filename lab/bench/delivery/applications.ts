import { stringify } from "yaml";
import { argoCdNamespace } from "../../argocd/hub";
import { kubectl } from "../../kubectl";
import { benchLabel } from "./clear";
import type { BenchCluster } from "./spokes";

/** AppProject of the benchmark, whose token and account have the same name. */
const project = "bench";

/** Allows the same as the agent's AppProject, in the benchmark's namespaces and from its repositories. */
export function appProject(repositories: readonly string[]): object {
    return {
        apiVersion: "argoproj.io/v1alpha1",
        kind: "AppProject",
        metadata: { name: project, namespace: argoCdNamespace, labels: benchLabel },
        spec: {
            sourceRepos: repositories,
            destinations: [{ server: "*", namespace: "bench-*" }],
            permitOnlyProjectScopedClusters: true,
            clusterResourceWhitelist: [],
        },
    };
}

interface ApplicationSet {
    readonly spec: {
        readonly template: {
            readonly metadata: { readonly labels?: object };
            readonly spec: { readonly source: object; readonly destination: object };
        };
    };
}

/**
 * The lab's own ApplicationSet, as the program made it, for the benchmark's clusters: their label, repository, project
 * and namespaces are the only differences.
 */
export async function applicationSet(repository: string, label: Record<string, string>): Promise<object> {
    const json = await kubectl("hub", ["get", "applicationset", "agent", "--namespace", argoCdNamespace, "--output=json"]);
    const { spec } = JSON.parse(json) as ApplicationSet;
    const { metadata, spec: wanted } = spec.template;
    return {
        apiVersion: "argoproj.io/v1alpha1",
        kind: "ApplicationSet",
        metadata: { name: project, namespace: argoCdNamespace, labels: benchLabel },
        spec: {
            ...spec,
            generators: [{ clusters: { selector: { matchLabels: label } } }],
            template: {
                metadata: { ...metadata, name: "{{.name}}", labels: { ...metadata.labels, ...benchLabel } },
                spec: {
                    ...wanted,
                    project,
                    source: { ...wanted.source, repoURL: repository },
                    destination: { ...wanted.destination, namespace: "{{.name}}" },
                },
            },
        },
    };
}

/** The Application that a person writes for one cluster, without an ApplicationSet. */
export function plainApplication(repository: string, { name, server }: BenchCluster): object {
    return {
        apiVersion: "argoproj.io/v1alpha1",
        kind: "Application",
        metadata: { name, namespace: argoCdNamespace, labels: benchLabel },
        spec: {
            project,
            source: {
                repoURL: repository,
                targetRevision: "main",
                path: "helm",
                helm: {
                    releaseName: "agent",
                    valueFiles: ["values.yaml", "values-staging.yaml"],
                    values: stringify({
                        cluster: { name, environment: "staging", region: "lab", domain: `${name}.example.com` },
                    }),
                },
            },
            destination: { server, namespace: name },
            syncPolicy: { automated: { prune: true, selfHeal: true } },
        },
    };
}
