import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterConnection } from "../../settings/connection";

/**
 * The provider of one cluster. It creates objects only on that cluster.
 *
 * `clusterIdentifier` is the cluster's name: a changed context or a renewed kubeconfig then updates the provider, and
 * never replaces the objects on the cluster. A Secret with new contents is updated in place: by default the provider
 * replaces it, and the short absence of a cluster Secret would delete every Application of that cluster. A ConfigMap is
 * updated in place too: Prometheus on the hub reads some (pulumi-kubernetes, provider inputs `clusterIdentifier`,
 * `enableSecretMutable` and `enableConfigMapMutable`).
 */
export function clusterProvider(name: string, access: ClusterConnection, opts?: pulumi.ResourceOptions): k8s.Provider {
    const inPlace = { enableSecretMutable: true, enableConfigMapMutable: true };
    const inputs = { ...connectionInput(access), clusterIdentifier: name, ...inPlace };
    const transformations = access.kubeconfig === undefined ? [notTheUsersOwn] : [];
    return new k8s.Provider(name, inputs, pulumi.mergeOptions(opts, { transformations }));
}

/**
 * The SDK would write the path in KUBECONFIG into the state, and another user's run would then use that path. The
 * provider finds each user's kubeconfig itself.
 */
const notTheUsersOwn: pulumi.ResourceTransformation = ({ props, opts }) => ({
    props: { ...(props as object), kubeconfig: undefined },
    opts,
});

/** The connection to a cluster, as an input of a resource: a context is a name, a kubeconfig is a secret. */
export function connectionInput({ context, kubeconfig }: ClusterConnection) {
    return kubeconfig === undefined ? { context } : { kubeconfig: pulumi.secret(kubeconfig) };
}
