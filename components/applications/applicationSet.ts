import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as pulumi from "@pulumi/pulumi";
import {
    allowDeleteAnnotation,
    applicationLabel,
    dnsDomainAnnotation,
    quarantinedLabel,
    resourcesFinalizer,
    secretStoreAnnotation,
    skipReconcileAnnotation,
} from "../../clusters/names";
import type { RolloutSettings } from "../../settings/delivery";
import { agentKey } from "../../settings/agentKey";
import type { ApplicationSettings } from "../../settings/applications";
import { takingOver } from "../support/takeOver";
import { annotationOf, clusterGenerator, environmentOf, ownClusters } from "./clusterFacts";
import { rolloutOf } from "./rollout";
import { sourcesOf } from "./sources";

export interface ApplicationSetArgs {
    /** Argo CD's namespace on the hub. */
    readonly namespace: pulumi.Input<string>;
    /** The AppProject of the Applications. */
    readonly project: pulumi.Input<string>;
    readonly application: ApplicationSettings;
    readonly rollout: RolloutSettings;
    /** DNS name by which users reach the agent on the active cluster; undefined if there is none. */
    readonly usersHost: string | undefined;
    /** What a refused commit needs in the retries of a sync; undefined where no commit is refused. */
    readonly retries?: pulumi.Input<object> | undefined;
}

/** The ApplicationSet that creates an Application for every cluster with `deploy=true` that has room for it. */
export class ApplicationSet extends pulumi.ComponentResource {
    constructor(name: string, args: ApplicationSetArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:AgentApplicationSet", name, {}, opts);

        new CustomResource(
            `${name}-applicationset`,
            // After a refresh by an annotation, Argo CD writes the whole object back without the annotation.
            takingOver(applicationSet(args.namespace, args.project, args)),
            { parent: this },
        );
        this.registerOutputs();
    }
}

type Described = Pick<ApplicationSetArgs, "application" | "retries" | "rollout" | "usersHost">;

/** The ApplicationSet as a Kubernetes object. */
export function applicationSet<Text extends pulumi.Input<string>>(namespace: Text, project: Text, args: Described) {
    const { name } = args.application;
    return {
        apiVersion: "argoproj.io/v1alpha1",
        kind: "ApplicationSet",
        metadata: { name, namespace, labels: applicationLabel(name) },
        spec: applicationSetSpec(project, args),
    };
}

/**
 * The ApplicationSet's spec: one Application for each cluster of {@link ownClusters} with `deploy=true` and room for
 * the application. The chart gets the name, environment, region and domain from the cluster Secret, so a new cluster
 * needs no change in Git.
 *
 * The generator selects Secrets with every label that the template needs, and the chart refuses an empty domain, so an
 * incomplete Secret affects only its own cluster. The environment stack, not Argo CD, creates the namespace, with its
 * limits and policies.
 */
function applicationSetSpec(project: pulumi.Input<string>, { application, rollout, usersHost, retries }: Described) {
    const always = { limit: 10, backoff: { duration: "5s", factor: 2, maxDuration: "3m" } };
    const retry = retries === undefined ? always : pulumi.output(retries).apply((more) => ({ ...always, ...more }));
    const { revisions, strategy } = rolloutOf(rollout, application);
    const { name, namespace } = application;
    return {
        goTemplate: true,
        goTemplateOptions: ["missingkey=error"],
        generators: [clusterGenerator(name, ownClusters)],
        ...(strategy === undefined ? {} : { strategy }),
        // Without this, the controller would remove the annotation before the deletion.
        preservedFields: { annotations: [allowDeleteAnnotation] },
        template: {
            metadata: {
                name: `${name}-{{.nameNormalized}}`,
                labels: {
                    ...applicationLabel(name),
                    environment: environmentOf,
                    region: "{{.metadata.labels.region}}",
                },
                finalizers: [resourcesFinalizer],
            },
            spec: {
                project,
                ...sourcesOf(application, revisions, usersHost),
                // Ignores the number of pods only if an autoscaler set it and so owns the field. Without an autoscaler,
                // the number in Git applies.
                ignoreDifferences: [
                    { group: "apps", kind: "Deployment", managedFieldsManagers: ["kube-controller-manager"] },
                ],
                destination: { server: "{{.server}}", namespace },
                syncPolicy: {
                    automated: { prune: true, selfHeal: true },
                    syncOptions: ["RespectIgnoreDifferences=true"],
                    retry,
                },
            },
        },
        templatePatch: name === agentKey && application.facts ? `${quarantineLabel}${optionalFacts}` : quarantineLabel,
    };
}

/** A quarantine as a label, since Argo CD goes on to show the last health that it has seen. */
const quarantineLabel = `{{- if ${annotationOf(skipReconcileAnnotation)} }}
metadata:
  labels:
    ${quarantinedLabel}: "true"
{{- end }}
`;

/**
 * Facts that only some clusters have, as values of the agent's chart. A cluster without one gives the chart nothing:
 * the chart's schema refuses what it does not know, and a cluster that is pinned to an older chart must not fail
 * because the hub knows a newer fact.
 */
const optionalFacts = `spec:
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
