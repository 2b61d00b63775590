import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterAccess } from "../settings";

/**
 * The provider of one cluster. What is made through it lands on that cluster and on no other.
 *
 * `clusterIdentifier` is the cluster's name: a changed context or a renewed kubeconfig then updates the provider and
 * never replaces what stands on the cluster. A Secret with new contents is updated in place: by default the provider
 * deletes it and makes another, and a cluster Secret that is gone for a moment costs every Application of that cluster.
 * So is a ConfigMap: Prometheus on the hub reads some (pulumi-kubernetes, provider inputs `clusterIdentifier`,
 * `enableSecretMutable` and `enableConfigMapMutable`).
 */
export function clusterProvider(name: string, access: ClusterAccess, opts?: pulumi.ResourceOptions): k8s.Provider {
    const inPlace = { enableSecretMutable: true, enableConfigMapMutable: true };
    return new k8s.Provider(name, { ...accessInput(access), clusterIdentifier: name, ...inPlace }, opts);
}

/** How a cluster is reached, as an input of a resource: a context is a name, a kubeconfig is a secret. */
export function accessInput({ context, kubeconfig }: ClusterAccess) {
    return kubeconfig === undefined ? { context } : { kubeconfig: pulumi.secret(kubeconfig) };
}
