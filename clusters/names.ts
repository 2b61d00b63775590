import { agentKey } from "../settings/agentKey";

/**
 * The program's annotations, labels and namespaces on a cluster, and those of Argo CD and Helm that it writes or reads.
 * Do not change them: they are on running clusters.
 */

/** Namespace of Argo CD on the hub; its own manifests and docs assume this name. */
export const argoCdNamespace = "argocd";

/** Name of the AppProject that Argo CD creates by itself, and in which an Application without a project is. */
export const defaultProjectName = "default";

/** URL of the hub's API server for pods on the hub; Argo CD identifies its own cluster by this URL. */
export const inClusterServer = "https://kubernetes.default.svc";

/** Label with which Argo CD finds its own ConfigMaps and Secrets. */
export const partOfArgoCd = { "app.kubernetes.io/part-of": "argocd" };

/** Label of Argo CD with the type of a Secret in its namespace: `cluster` or `repository`. */
export const secretTypeLabel = "argocd.argoproj.io/secret-type";

/** Name of a cluster's Secret on the hub, unless the settings name an existing one. */
export function clusterSecretName(cluster: string): string {
    return `cluster-${cluster}`;
}

/** Label of objects that the program created, for other programs that look for them. */
export const managedByLabel = "app.kubernetes.io/managed-by";

/** Value of {@link managedByLabel}. */
export const manager = "pulumi";

/** Label of Applications and ApplicationSets with the application's name; charts give it to their objects too. */
export const nameLabel = "app.kubernetes.io/name";

/** Labels of an application's Applications and of its ApplicationSet. */
export function applicationLabel(application: string) {
    return { [nameLabel]: application };
}

/** Name of the ClusterRole with the cluster-wide kinds of an application. */
export function kindsRoleOf(application: string): string {
    return `${accountName}.${application}`;
}

/** Label of a cluster Secret that says whether its stack has made room for the application on the cluster. */
export function deliveredLabel(application: string): string {
    return `applications.hubspoke/${application}`;
}

/** Value of {@link deliveredLabel}; undefined for no label, with which there is room for the agent and for no other. */
export function roomMark(application: string, hasRoom: boolean): string | undefined {
    return hasRoom === (application === agentKey) ? undefined : String(hasRoom);
}

/** Finalizer with which Argo CD deletes an Application's resources before it deletes the Application. */
export const resourcesFinalizer = "resources-finalizer.argocd.argoproj.io";

/**
 * Annotation of Argo CD. On an Application: compare it now, and with `hard` also render it again. On a cluster
 * Secret, with a time: discard the cache of the cluster (argo-cd, controller/cache/cache.go,
 * `handleModEvent`).
 */
export const refreshAnnotation = "argocd.argoproj.io/refresh";

/**
 * Annotation of Argo CD on a cluster Secret, "true" for one that no controller works on (argo-cd,
 * controller/sharding/cache.go), from 3.4 on.
 */
export const skipReconcileAnnotation = "argocd.argoproj.io/skip-reconcile";

/** Label of an Application whose cluster is in quarantine: what Argo CD shows of it is not of now. */
export const quarantinedLabel = "hubspoke/quarantined";

/** Annotation of a cluster Secret with what Argo CD said of the cluster before its quarantine, as JSON. */
export const viewAnnotation = "hubspoke/view-before-quarantine";

/** Annotation of a cluster Secret by the receiver of alerts: since when, as RFC 3339, the cluster has not answered. */
export const unreachableSinceAnnotation = "hubspoke/unreachable-since";

/** Annotation of a cluster Secret with the UID of the namespace `kube-system`, which identifies the cluster. */
export const uidAnnotation = "hubspoke/cluster-uid";

/** Label of the Application with which the program checks Argo CD's connection to a cluster, for a moment. */
export const connectionCheckLabel = { "hubspoke/connection-check": "true" };

/** Annotation in which `kubectl apply` keeps a copy of the object, also of a Secret's contents. */
export const lastAppliedAnnotation = "kubectl.kubernetes.io/last-applied-configuration";

/** Annotations of Helm on each object of a release. */
export const helmReleaseAnnotation = "meta.helm.sh/release-name";
export const helmNamespaceAnnotation = "meta.helm.sh/release-namespace";

/** Annotation of the repo server's pods with a digest of the keys that sign commits: new keys restart them. */
export const signingKeysAnnotation = "hubspoke/signing-keys";

/** Annotation that names the stack which created an object or registered a cluster. */
export const stackAnnotation = "hubspoke/stack";

/** A stack's own name, as commands take it, from one with organization and project. */
export function shortStackName(stack: string): string {
    return stack.slice(stack.lastIndexOf("/") + 1);
}

/** Type of the component of a cluster in a stack's state. */
export const spokeType = "hubspoke:index:Spoke";

/** The last part of a URN: the resource's name. */
export function nameOf(urn: string): string {
    return urn.slice(urn.lastIndexOf("::") + 2);
}

/** The command that brings an environment up, where it is not known whether the environment has shards. */
export function upCommands(environment: string): string {
    return `\`pulumi up --stack ${environment}\` (with shards \`npm run fleet -- up ${environment}\`)`;
}

/** Annotation of a namespace that existed before its stack, which a destroy keeps; its value is "true". */
export const adoptedAnnotation = "hubspoke/adopted";

/**
 * Label of a cluster Secret with the cluster's key in its stack file, if Argo CD knows it by another name. Metrics have
 * labels alone (components/argoCd/metrics.ts).
 */
export const clusterLabel = "hubspoke/cluster";

/** Annotation of a cluster Secret with its token's generation. */
export const generationAnnotation = "hubspoke/credential-generation";

/** Annotation of a cluster Secret with the time at which its token was created, as RFC 3339. */
export const sinceAnnotation = "hubspoke/credential-since";

/** Annotation of a cluster Secret with the end of its token, as RFC 3339, if it has one. */
export const expiresAnnotation = "hubspoke/credential-expires";

/** Annotation of a cluster Secret with the audience of Argo CD's tokens, if the cluster trusts the hub's issuer. */
export const audienceAnnotation = "hubspoke/audience";

/** Annotation of a cluster Secret, "true" if its stack has made an account for the syncs of each application. */
export const syncAccountsAnnotation = "hubspoke/sync-accounts";

/** Annotation of a cluster Secret with the agent's domain there; the ApplicationSet passes it on. */
export const domainAnnotation = "domain";

/** Annotation of a cluster Secret with the DNS domain of the cluster's Services, if it is not `cluster.local`. */
export const dnsDomainAnnotation = "dns-domain";

/** Annotation of a cluster Secret with the agent's revision there. */
export const revisionAnnotation = "revision";

/** Annotation of a cluster Secret with the revision there of another application, or the version of its chart. */
export function revisionAnnotationOf(application: string): string {
    return application === agentKey ? revisionAnnotation : `revision.hubspoke/${application}`;
}

/** Annotation of a cluster Secret with the revision of an application's values files, where its chart is not in Git. */
export function valuesRevisionAnnotationOf(application: string): string {
    return `values-revision.hubspoke/${application}`;
}

/** Annotation of a cluster Secret, if the cluster has a store for the agent's secrets. */
export const secretStoreAnnotation = "secret-store";

/** Annotation of an Application that allows its deletion in a protected environment; its value is "true". */
export const allowDeleteAnnotation = "hubspoke/allow-delete";

/** Annotation of a cluster Secret, "true" if its stack may delete what the hub protects (`protect: false`). */
export const unprotectedAnnotation = "hubspoke/unprotected";

/** Name of the admission policy on the hub that denies the deletion of a protected environment's Applications. */
export const protectionPolicy = "hubspoke-protected-applications";

/** Label of a ConfigMap with a rules file under `rules.yaml`. */
export const rulesLabel = "hubspoke/alert-rules";

/** Label of a ConfigMap with probe targets under `targets.json`. */
export const targetsLabel = "hubspoke/probe-targets";

/** Label of the DNSEndpoint that external-dns on the hub publishes. */
export const trafficLabel = { "hubspoke/traffic": "true" };

/** Label of the record of promotions on the hub. */
export const promotionLabel = { "hubspoke/promotion": "record" };

/** Label of the record of failovers on the hub. */
export const failoverLabel = { "hubspoke/failover": "record" };

/** Name of Argo CD's account on a spoke, of its namespace and Roles; `argocd cluster add` uses the same name. */
export const accountName = "argocd-manager";

/**
 * Suffixes of the names of Argo CD's bindings on a cluster, one for each kind of identity; the account of a token has
 * none. So a change from one to another takes no binding from the one that Argo CD still uses.
 */
export const bindingSuffixes = ["federated", "aws", "gcp", "azure", "exec"] as const;

/** One of {@link bindingSuffixes}. */
export type BindingSuffix = (typeof bindingSuffixes)[number];

/** The name of a binding, for that kind of identity. */
export function suffixed(name: string, suffix: BindingSuffix | undefined): string {
    return suffix === undefined ? name : `${name}-${suffix}`;
}
