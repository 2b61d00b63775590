import { Secret } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import {
    audienceAnnotation,
    clusterLabel,
    clusterSecretName,
    deliveredLabel,
    dnsDomainAnnotation,
    domainAnnotation,
    expiresAnnotation,
    generationAnnotation,
    managedByLabel,
    manager,
    refreshAnnotation,
    revisionAnnotationOf,
    roomMark,
    secretStoreAnnotation,
    secretTypeLabel,
    sinceAnnotation,
    skipReconcileAnnotation,
    stackAnnotation,
    syncAccountsAnnotation,
    uidAnnotation,
    unprotectedAnnotation,
    valuesRevisionAnnotationOf,
} from "../../clusters/names";
import type { Pin } from "../../settings/pins";
import { secretData } from "../support/secretData";
import { takeOver } from "../support/takeOver";
import type { ClusterConfig } from "./clusterConfig";
import type { TokenFacts } from "./tokens";

export interface ClusterSecretArgs {
    /** Argo CD's namespace on the hub. */
    readonly namespace: pulumi.Input<string>;
    /** The cluster's name in Argo CD. */
    readonly clusterName: string;
    /** The cluster's key in the stack file, if it is not `clusterName`. */
    readonly key?: string | undefined;
    /** The Secret's name; the default is `cluster-<key>`. */
    readonly secret?: string | undefined;
    /** ID of an existing Secret on the hub, from another tool or by hand: it is adopted, and changed in place. */
    readonly adopt?: string | undefined;
    /** URL of the API server. */
    readonly server: pulumi.Input<string>;
    /**
     * AppProject to which the cluster is scoped; undefined for none. Argo CD adds the cluster, with its `namespaces`,
     * to the destinations of that project (argo-cd, util/argo/argo.go, `GetAppProjectByName`). It does not keep
     * Applications of other projects away.
     */
    readonly project: pulumi.Input<string> | undefined;
    /** Namespaces that Argo CD may manage, at least one: an empty list would mean the whole cluster. */
    readonly namespaces: readonly [pulumi.Input<string>, ...pulumi.Input<string>[]];
    /** Whether Argo CD may manage kinds that are in no namespace. */
    readonly clusterResources: boolean;
    readonly labels: Readonly<Record<string, string>>;
    /** Annotations of an adopted Secret, which Applications may use. */
    readonly annotations?: Readonly<Record<string, string>> | undefined;
    /** DNS domain of the cluster: the agent is `agent.<domain>` there. */
    readonly domain: string;
    /** DNS domain of the cluster's Services; the default is `cluster.local`. */
    readonly dnsDomain?: string | undefined;
    /** Whether there is room for an application on the cluster, by the application's name. */
    readonly applications?: Readonly<Record<string, boolean>>;
    /** Revisions to which applications are pinned on the cluster, by name; the others follow the hub's. */
    readonly pins?: Readonly<Record<string, Pin>>;
    /** Whether the agent's namespace has a secret store, from which the chart gets the agent's secrets. */
    readonly secretStore?: boolean;
    /** Whether each application has an account for its syncs on the cluster. */
    readonly syncAccounts?: boolean;
    /** The stack that registers the cluster; another stack may not register it. */
    readonly stack: string;
    /** The token's generation, creation time and end, as RFC 3339; undefined for a credential without a token. */
    readonly token?: Omit<TokenFacts, "secret"> | undefined;
    /** Audience of Argo CD's tokens for the cluster, if it trusts the hub's issuer. */
    readonly audience?: string | undefined;
    /** Time of the last change of the rights on the cluster, as RFC 3339: Argo CD invalidates its older cache. */
    readonly refresh?: pulumi.Input<string>;
    /** UID of the cluster's namespace `kube-system`: the registration belongs to this cluster, whatever its URL. */
    readonly uid?: string | undefined;
    /** Whether the stack may delete what the hub protects; the preview of a removal asks for this. */
    readonly unprotected?: boolean;
    /** Whether Argo CD is to leave the cluster alone, with the credential that it holds now. */
    readonly quarantined?: boolean;
    /** Whether the cluster is not read in this run: the Secret keeps the connection and credential that it holds. */
    readonly unread?: boolean;
    readonly config: ClusterConfig;
}

/**
 * A cluster that is registered on the hub by Argo CD's declarative setup
 * (argo-cd, docs/operator-manual/declarative-setup.md, "Clusters").
 */
export class ClusterSecret extends pulumi.ComponentResource {
    /** Name of the Secret on the hub. */
    readonly secretName: pulumi.Output<string>;

    constructor(name: string, args: ClusterSecretArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:ClusterSecret", name, {}, opts);

        const secret = new Secret(
            `${name}-secret`,
            {
                metadata: {
                    name: args.secret ?? clusterSecretName(args.key ?? args.clusterName),
                    namespace: args.namespace,
                    labels: {
                        ...args.labels,
                        ...(args.key === undefined ? {} : { [clusterLabel]: args.key }),
                        ...roomLabels(args.applications ?? {}),
                        [secretTypeLabel]: "cluster",
                        [managedByLabel]: manager,
                    },
                    annotations: {
                        ...args.annotations,
                        [stackAnnotation]: args.stack,
                        // An adopted Secret's fields, and the time of a refresh that Argo CD's web interface requests.
                        ...takeOver,
                        [domainAnnotation]: args.domain,
                        ...(args.dnsDomain === undefined ? {} : { [dnsDomainAnnotation]: args.dnsDomain }),
                        ...pinAnnotations(args.pins ?? {}),
                        ...(args.secretStore === true ? { [secretStoreAnnotation]: "true" } : {}),
                        ...(args.syncAccounts === true ? { [syncAccountsAnnotation]: "true" } : {}),
                        ...(args.token === undefined
                            ? {}
                            : {
                                  [generationAnnotation]: String(args.token.generation),
                                  [sinceAnnotation]: args.token.created,
                                  ...(args.token.expires && { [expiresAnnotation]: args.token.expires }),
                              }),
                        ...(args.audience === undefined ? {} : { [audienceAnnotation]: args.audience }),
                        ...(args.uid === undefined ? {} : { [uidAnnotation]: args.uid }),
                        ...(args.unprotected === true ? { [unprotectedAnnotation]: "true" } : {}),
                        ...(args.quarantined === true ? { [skipReconcileAnnotation]: "true" } : {}),
                        ...(args.refresh === undefined ? {} : { [refreshAnnotation]: args.refresh }),
                    },
                },
                data: secretData({
                    name: args.clusterName,
                    server: args.server,
                    ...(args.project !== undefined && { project: args.project }),
                    namespaces: pulumi.all([...args.namespaces]).apply((names) => names.join(",")),
                    clusterResources: String(args.clusterResources),
                    config: pulumi.jsonStringify(args.config),
                }),
            },
            {
                parent: this,
                // An adopted Secret has a type, which is immutable.
                ignoreChanges: ["type", ...(args.quarantined === true || args.unread === true ? ["data"] : [])],
                ...(args.adopt !== undefined && { import: args.adopt }),
            },
        );

        this.secretName = secret.metadata.name;
        this.registerOutputs({ secretName: this.secretName });
    }
}

function roomLabels(applications: Readonly<Record<string, boolean>>): Record<string, string> {
    const marks = Object.entries(applications).flatMap(([name, hasRoom]) => {
        const mark = roomMark(name, hasRoom);
        return mark === undefined ? [] : [[deliveredLabel(name), mark]];
    });
    return Object.fromEntries(marks) as Record<string, string>;
}

function pinAnnotations(pins: Readonly<Record<string, Pin>>): Record<string, string> {
    const annotations = Object.entries(pins).flatMap(([name, { revision, values }]) => [
        ...(revision === undefined ? [] : [[revisionAnnotationOf(name), revision]]),
        ...(values === undefined ? [] : [[valuesRevisionAnnotationOf(name), values]]),
    ]);
    return Object.fromEntries(annotations) as Record<string, string>;
}
