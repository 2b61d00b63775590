import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as pulumi from "@pulumi/pulumi";
import type { AgentSettings } from "../settings";

export interface AgentApplicationSetArgs {
    /** Argo CD's namespace on the hub. */
    readonly namespace: pulumi.Input<string>;
    /** The AppProject that the Applications belong to. */
    readonly project: pulumi.Input<string>;
    readonly agent: AgentSettings;
}

/** The ApplicationSet that gives every cluster labelled `deploy=true` its own Application of the agent. */
export class AgentApplicationSet extends pulumi.ComponentResource {
    constructor(name: string, args: AgentApplicationSetArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:AgentApplicationSet", name, args, opts);

        new CustomResource(
            `${name}-applicationset`,
            {
                apiVersion: "argoproj.io/v1alpha1",
                kind: "ApplicationSet",
                metadata: { name: "agent", namespace: args.namespace, labels: { "app.kubernetes.io/name": "agent" } },
                spec: agentApplicationSetSpec(args.project, args.agent),
            },
            { parent: this },
        );
        this.registerOutputs();
    }
}

/**
 * The ApplicationSet's spec: one Application for each cluster Secret with `deploy=true`. What a cluster is (its name,
 * environment, region and domain) reaches the chart from the Secret, so a new cluster needs no edit in Git.
 *
 * A key that the template needs and a cluster lacks is an error (`missingkey=error`), never an empty text. The
 * namespace is not made by Argo CD: the environment stack makes it, with its limits and policies.
 */
export function agentApplicationSetSpec(project: pulumi.Input<string>, agent: AgentSettings) {
    return {
        goTemplate: true,
        goTemplateOptions: ["missingkey=error"],
        generators: [{ clusters: { selector: { matchLabels: { deploy: "true" } } } }],
        template: {
            metadata: {
                name: "agent-{{.name}}",
                labels: {
                    "app.kubernetes.io/name": "agent",
                    environment: "{{.metadata.labels.environment}}",
                    region: "{{.metadata.labels.region}}",
                },
                finalizers: ["resources-finalizer.argocd.argoproj.io"],
            },
            spec: {
                project,
                source: {
                    repoURL: agent.repository,
                    targetRevision: agent.revision,
                    path: agent.path,
                    helm: {
                        releaseName: "agent",
                        valueFiles: ["values.yaml", "values-{{.metadata.labels.environment}}.yaml"],
                        valuesObject: {
                            cluster: {
                                name: "{{.name}}",
                                environment: "{{.metadata.labels.environment}}",
                                region: "{{.metadata.labels.region}}",
                                domain: "{{.metadata.annotations.domain}}",
                            },
                        },
                    },
                },
                destination: { server: "{{.server}}", namespace: agent.namespace },
                syncPolicy: {
                    automated: { prune: true, selfHeal: true },
                    retry: { limit: 10, backoff: { duration: "5s", factor: 2, maxDuration: "3m" } },
                },
            },
        },
    };
}
