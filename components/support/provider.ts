import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterConnection } from "../../settings/connection";

/** Contents of Secrets and ConfigMaps change in the object. */
const inPlace = { enableSecretMutable: true, enableConfigMapMutable: true };

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
    const inputs = { ...connectionInput(access), clusterIdentifier: name, ...inPlace };
    const left = access.kubeconfig === undefined ? ["skipUpdateUnreachable", "kubeconfig"] : ["skipUpdateUnreachable"];
    return new k8s.Provider(name, inputs, pulumi.mergeOptions(opts, { transformations: [without(left)] }));
}

/**
 * The provider of a cluster in quarantine, which reaches nothing, whether the cluster answers or not. It leaves what
 * stands in the state as it is, and refuses to make or to delete anything: the URL in its errors says why.
 */
export function quarantinedProvider(name: string, opts?: pulumi.ResourceOptions): k8s.Provider {
    const kubeconfig = JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        clusters: [{ name, cluster: { server: `https://127.0.0.1:1/${name}-is-quarantined` } }],
        users: [{ name, user: {} }],
        contexts: [{ name, context: { cluster: name, user: name } }],
        "current-context": name,
    });
    const inputs = { kubeconfig, clusterIdentifier: name, ...inPlace, skipUpdateUnreachable: true };
    return new k8s.Provider(name, inputs, opts);
}

/**
 * Leaves out inputs for which the SDK would write a variable of this process into the state, such as the path in
 * KUBECONFIG, and another run would read it from there. The provider looks at its own variables by itself.
 */
function without(inputs: readonly string[]): pulumi.ResourceTransformation {
    const none = Object.fromEntries(inputs.map((input) => [input, undefined]));
    return ({ props, opts }) => ({ props: { ...(props as object), ...none }, opts });
}

/** The connection to a cluster, as an input of a resource: a context is a name, a kubeconfig is a secret. */
export function connectionInput({ context, kubeconfig }: ClusterConnection) {
    return kubeconfig === undefined ? { context } : { kubeconfig: pulumi.secret(kubeconfig) };
}
