import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as pulumi from "@pulumi/pulumi";
import {
    agentLabel,
    allowDeleteAnnotation,
    dnsDomainAnnotation,
    domainAnnotation,
    quarantinedLabel,
    resourcesFinalizer,
    secretStoreAnnotation,
    skipReconcileAnnotation,
} from "../../clusters/names";
import type { RolloutSettings } from "../../settings/delivery";
import type { AgentSettings } from "../../settings/agent";
import { takingOver } from "../support/takeOver";
import { annotationOf, clusterGenerator, ownClusters } from "./clusterFacts";
import { rolloutOf } from "./rollout";

export interface AgentApplicationSetArgs {
    /** Argo CD's namespace on the hub. */
    readonly namespace: pulumi.Input<string>;
    /** The AppProject of the Applications. */
    readonly project: pulumi.Input<string>;
    readonly agent: AgentSettings;
    readonly rollout: RolloutSettings;
    /** DNS name by which users reach the agent on the active cluster; undefined if there is none. */
    readonly usersHost: string | undefined;
    /** What a refused commit needs in the retries of a sync; undefined where no commit is refused. */
    readonly retries?: pulumi.Input<object> | undefined;
}

/** The ApplicationSet that creates an Application of the agent for every cluster with the label `deploy=true`. */
export class AgentApplicationSet extends pulumi.ComponentResource {
    constructor(name: string, args: AgentApplicationSetArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:AgentApplicationSet", name, {}, opts);

        new CustomResource(
            `${name}-applicationset`,
            // After a refresh by an annotation, Argo CD writes the whole object back without the annotation.
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
    args: Pick<AgentApplicationSetArgs, "agent" | "retries" | "rollout" | "usersHost">,
) {
    return {
        apiVersion: "argoproj.io/v1alpha1",
        kind: "ApplicationSet",
        metadata: { name: "agent", namespace, labels: agentLabel },
        spec: agentApplicationSetSpec(project, args),
    };
}

/**
 * The ApplicationSet's spec: one Application for each cluster of {@link ownClusters} with `deploy=true`. The chart gets
 * the name, environment, region and domain from the cluster Secret, so a new cluster needs no change in Git.
 *
 * The generator selects Secrets with every label that the template needs, and the chart refuses an empty domain, so an
 * incomplete Secret affects only its own cluster. The environment stack, not Argo CD, creates the namespace, with its
 * limits and policies.
 */
function agentApplicationSetSpec(
    project: pulumi.Input<string>,
    { agent, rollout, usersHost, retries }: Pick<AgentApplicationSetArgs, "agent" | "retries" | "rollout" | "usersHost">,
) {
    const always = { limit: 10, backoff: { duration: "5s", factor: 2, maxDuration: "3m" } };
    const retry = retries === undefined ? always : pulumi.output(retries).apply((more) => ({ ...always, ...more }));
    const { targetRevision, strategy } = rolloutOf(rollout, agent);
    return {
        goTemplate: true,
        goTemplateOptions: ["missingkey=error"],
        generators: [clusterGenerator(ownClusters)],
        ...(strategy === undefined ? {} : { strategy }),
        // Without this, the controller would remove the annotation before the deletion.
        preservedFields: { annotations: [allowDeleteAnnotation] },
        template: {
            metadata: {
                name: "agent-{{.nameNormalized}}",
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
                            // A variable of the agent, because the schema of every chart revision allows it.
                            ...(usersHost === undefined ? {} : { config: { USERS_HOST: usersHost } }),
                        },
                    },
                },
                // Ignores the number of pods only if an autoscaler set it and so owns the field. Without an autoscaler,
                // the number in Git applies.
                ignoreDifferences: [
                    { group: "apps", kind: "Deployment", managedFieldsManagers: ["kube-controller-manager"] },
                ],
                destination: { server: "{{.server}}", namespace: agent.namespace },
                syncPolicy: {
                    automated: { prune: true, selfHeal: true },
                    syncOptions: ["RespectIgnoreDifferences=true"],
                    retry,
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
