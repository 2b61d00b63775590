import { Secret } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { dnsDomainAnnotation, domainAnnotation, generationAnnotation, managedByLabel, manager, refreshAnnotation, revisionAnnotation, secretStoreAnnotation, secretTypeLabel, sinceAnnotation, skipReconcileAnnotation, stackAnnotation } from "../../clusters/names";
import { secretData } from "../support/secretData";
import { takeOver } from "../support/takeOver";
import type { ClusterConfig } from "./clusterConfig";

export interface ClusterSecretArgs {
    /** Argo CD's namespace on the hub. */
    readonly namespace: pulumi.Input<string>;
    /** Name by which Argo CD and its users know the cluster. */
    readonly clusterName: string;
    /** The Secret's own name; without one it is `cluster-<name>`. */
    readonly secret?: string | undefined;
    /** Its id where it stands on the hub already, made by other means: it is then taken over, and changed in place. */
    readonly adopt?: string | undefined;
    /** URL of the API server. */
    readonly server: pulumi.Input<string>;
    /** AppProject that the cluster is scoped to: Applications of other projects cannot use it. */
    readonly project: pulumi.Input<string>;
    /** Namespaces that Argo CD may manage; without them it manages the whole cluster. */
    readonly namespaces?: pulumi.Input<string>[];
    readonly labels: Readonly<Record<string, string>>;
    /** DNS domain of what runs on the cluster: the agent is `agent.<domain>` there. */
    readonly domain: string;
    /** DNS domain of the cluster's own services; without one it is `cluster.local`. */
    readonly dnsDomain?: string | undefined;
    /** Revision of the agent that the cluster is pinned to; without one it follows the hub's. */
    readonly revision?: string | undefined;
    /** Whether the agent's namespace has a store of secrets; the chart asks it for the agent's. */
    readonly secretStore?: boolean;
    /** The stack that registers the cluster; another stack is refused the same cluster. */
    readonly stack: string;
    /** The token's generation, and when it was made, as RFC 3339; nothing for a cloud's identity. */
    readonly token?: { readonly generation: number; readonly created: pulumi.Input<string> } | undefined;
    /** When the rights on the cluster changed last, as RFC 3339: what Argo CD read before is read anew. */
    readonly refresh?: pulumi.Input<string>;
    /** Whether Argo CD is to leave the cluster alone, with the credential that it holds now. */
    readonly quarantined?: boolean;
    readonly config: ClusterConfig;
}

/**
 * A cluster, registered on the hub as Argo CD's declarative set-up defines it
 * (argo-cd, docs/operator-manual/declarative-setup.md, "Clusters").
 */
export class ClusterSecret extends pulumi.ComponentResource {
    /** Name of the Secret on the hub. */
    readonly secretName: pulumi.Output<string>;

    constructor(name: string, args: ClusterSecretArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:ClusterSecret", name, {}, opts);

        const scope: Record<string, pulumi.Input<string>> =
            args.namespaces === undefined
                ? {}
                : {
                      namespaces: pulumi.all(args.namespaces).apply((names) => names.join(",")),
                      clusterResources: "false",
                  };
        const secret = new Secret(
            `${name}-secret`,
            {
                metadata: {
                    name: args.secret ?? `cluster-${args.clusterName}`,
                    namespace: args.namespace,
                    labels: {
                        ...args.labels,
                        [secretTypeLabel]: "cluster",
                        [managedByLabel]: manager,
                    },
                    annotations: {
                        [stackAnnotation]: args.stack,
                        // An adopted Secret's fields, and the time of a refresh that Argo CD's user interface asks for.
                        ...takeOver,
                        [domainAnnotation]: args.domain,
                        ...(args.dnsDomain === undefined ? {} : { [dnsDomainAnnotation]: args.dnsDomain }),
                        ...(args.revision === undefined ? {} : { [revisionAnnotation]: args.revision }),
                        ...(args.secretStore === true ? { [secretStoreAnnotation]: "true" } : {}),
                        ...(args.token === undefined
                            ? {}
                            : {
                                  [generationAnnotation]: String(args.token.generation),
                                  [sinceAnnotation]: args.token.created,
                              }),
                        ...(args.quarantined === true ? { [skipReconcileAnnotation]: "true" } : {}),
                        ...(args.refresh === undefined ? {} : { [refreshAnnotation]: args.refresh }),
                    },
                },
                data: secretData({
                    name: args.clusterName,
                    server: args.server,
                    project: args.project,
                    ...scope,
                    config: pulumi.jsonStringify(args.config),
                }),
            },
            {
                parent: this,
                // An adopted Secret has a type, which nobody can change.
                ignoreChanges: ["type", ...(args.quarantined === true ? ["data"] : [])],
                ...(args.adopt !== undefined && { import: args.adopt }),
            },
        );

        this.secretName = secret.metadata.name;
        this.registerOutputs({ secretName: this.secretName });
    }
}
