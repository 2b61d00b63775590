import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as pulumi from "@pulumi/pulumi";
import { agentLabel, allowDeleteAnnotation, dnsDomainAnnotation, domainAnnotation, quarantinedLabel, resourcesFinalizer, secretStoreAnnotation, skipReconcileAnnotation } from "../../clusters/names";
import type { RolloutSettings } from "../../settings/delivery";
import type { AgentSettings } from "../../settings/agent";
import { takingOver } from "../support/takeOver";
import { annotationOf, clusterGenerator, ownClusters } from "./clusterFacts";
import { rolloutOf } from "./rollout";

export interface AgentApplicationSetArgs {
    /** Argo CD's namespace on the hub. */
    readonly namespace: pulumi.Input<string>;
    /** The AppProject that the Applications belong to. */
    readonly project: pulumi.Input<string>;
    readonly agent: AgentSettings;
    readonly rollout: RolloutSettings;
    /** The name by which users reach the agent on whichever cluster is active; nothing where there is none. */
    readonly usersHost: string | undefined;
}

/** The ApplicationSet that gives every cluster labelled `deploy=true` its own Application of the agent. */
export class AgentApplicationSet extends pulumi.ComponentResource {
    constructor(name: string, args: AgentApplicationSetArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:AgentApplicationSet", name, {}, opts);

        new CustomResource(
            `${name}-applicationset`,
            // Whoever asks for a refresh by an annotation has Argo CD write the whole object back, without it.
            takingOver(agentApplicationSet(args.namespace, args.project, args)),
            { parent: this },
        );
        this.registerOutputs();
    }
}

/** The ApplicationSet as a Kubernetes object. */
export function agentApplicationSet<Text extends pulumi.Input<string>>(
    namespace: Text,
    project: Text,
    args: Pick<AgentApplicationSetArgs, "agent" | "rollout" | "usersHost">,
) {
    return {
        apiVersion: "argoproj.io/v1alpha1",
        kind: "ApplicationSet",
        metadata: { name: "agent", namespace, labels: agentLabel },
        spec: agentApplicationSetSpec(project, args),
    };
}

/**
 * The ApplicationSet's spec: one Application for each cluster of ours with `deploy=true`. What a cluster is (its name,
 * environment, region and domain) reaches the chart from the Secret, so a new cluster needs no edit in Git.
 *
 * The generator selects Secrets with every label that the template needs, and the chart refuses an empty domain: what a
 * Secret lacks costs that cluster alone. The namespace is not made by Argo CD: the environment stack makes it, with its
 * limits and policies.
 */
function agentApplicationSetSpec(
    project: pulumi.Input<string>,
    { agent, rollout, usersHost }: Pick<AgentApplicationSetArgs, "agent" | "rollout" | "usersHost">,
) {
    const { targetRevision, strategy } = rolloutOf(rollout, agent);
    return {
        goTemplate: true,
        goTemplateOptions: ["missingkey=error"],
        generators: [clusterGenerator(ownClusters)],
        ...(strategy === undefined ? {} : { strategy }),
        // Without this the controller would take the annotation away again before the deletion.
        preservedFields: { annotations: [allowDeleteAnnotation] },
        template: {
            metadata: {
                name: "agent-{{.name}}",
                labels: {
                    ...agentLabel,
                    environment: "{{.metadata.labels.environment}}",
                    region: "{{.metadata.labels.region}}",
                },
                finalizers: [resourcesFinalizer],
            },
            spec: {
                project,
                source: {
                    repoURL: agent.repository,
                    targetRevision,
                    path: agent.path,
                    helm: {
                        releaseName: "agent",
                        valueFiles: ["values.yaml", "values-{{.metadata.labels.environment}}.yaml"],
                        valuesObject: {
                            cluster: {
                                name: "{{.name}}",
                                environment: "{{.metadata.labels.environment}}",
                                region: "{{.metadata.labels.region}}",
                                domain: `{{ ${annotationOf(domainAnnotation)} | default "" }}`,
                            },
                            // A variable of the agent, since the schema of every revision of the chart lets it through.
                            ...(usersHost === undefined ? {} : { config: { USERS_HOST: usersHost } }),
                        },
                    },
                },
                // The number of pods that an autoscaler set. Whoever set a field owns it, so that without an autoscaler
                // the number in Git still holds.
                ignoreDifferences: [
                    { group: "apps", kind: "Deployment", managedFieldsManagers: ["kube-controller-manager"] },
                ],
                destination: { server: "{{.server}}", namespace: agent.namespace },
                syncPolicy: {
                    automated: { prune: true, selfHeal: true },
                    syncOptions: ["RespectIgnoreDifferences=true"],
                    retry: { limit: 10, backoff: { duration: "5s", factor: 2, maxDuration: "3m" } },
                },
            },
        },
        templatePatch: optionalFacts,
    };
}

/**
 * Facts that only some clusters have: a quarantine as a label, since Argo CD goes on to show the last health that it
 * has seen, and the others as values of the chart. A cluster without one gives the chart nothing: the
 * chart's schema refuses what it does not know, and a cluster that is pinned to an older chart must not fail because
 * the hub knows a newer fact.
 */
const optionalFacts = `{{- if ${annotationOf(skipReconcileAnnotation)} }}
metadata:
  labels:
    ${quarantinedLabel}: "true"
{{- end }}
spec:
  source:
    helm:
      parameters:
{{- if ${annotationOf(dnsDomainAnnotation)} }}
        - name: cluster.dnsDomain
          value: {{ ${annotationOf(dnsDomainAnnotation)} | quote }}
          forceString: true
{{- end }}
{{- if ${annotationOf(secretStoreAnnotation)} }}
        - name: externalSecret.enabled
          value: {{ ${annotationOf(secretStoreAnnotation)} | quote }}
{{- end }}
`;
