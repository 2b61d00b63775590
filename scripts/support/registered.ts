import { nameOf, spokeType } from "../../clusters/names";
import type { EnvironmentSettings } from "../../settings/environment";
import { type State, type StateResource, withoutSubtrees } from "./state";

/** The state's facts about a cluster's registration. */
export interface Registered {
    readonly cluster: string;
    /** The cluster's name in Argo CD. */
    readonly argoCdName: string;
    /** Name of the cluster Secret; undefined if it was not created. */
    readonly secret: string | undefined;
    readonly server: string;
    /** Paths on the hub of the objects by which its Prometheus watches the cluster. */
    readonly watch: readonly string[];
}

/** Kinds of those objects by their type in the state: the API and the plural. */
const watchKinds: Readonly<Record<string, readonly [api: string, plural: string]>> = {
    "kubernetes:core/v1:ConfigMap": ["api/v1", "configmaps"],
    "kubernetes:monitoring.coreos.com/v1:Probe": ["apis/monitoring.coreos.com/v1", "probes"],
    "kubernetes:monitoring.coreos.com/v1:PrometheusRule": ["apis/monitoring.coreos.com/v1", "prometheusrules"],
};

/** Whether a resource in the state is the component of one of these clusters. */
export function isSpoke({ type, urn }: Pick<StateResource, "type" | "urn">, clusters?: readonly string[]): boolean {
    return type === spokeType && (clusters === undefined || clusters.includes(nameOf(urn)));
}

/** All resources of a cluster in a stack's state. */
export function resourcesOf(state: State, cluster: string): StateResource[] {
    const others = withoutSubtrees(state, (resource) => isSpoke(resource, [cluster])).deployment.resources ?? [];
    const left = new Set(others.map(({ urn }) => urn));
    return (state.deployment.resources ?? []).filter(({ urn }) => !left.has(urn));
}

/** The URNs of all resources of a cluster in a stack's state. */
export function urnsOf(state: State, cluster: string): string[] {
    return resourcesOf(state, cluster).map(({ urn }) => urn);
}

/** The Secret of a cluster in a stack's state; undefined if it was not created. */
function secretIn({ deployment }: State, cluster: string): StateResource | undefined {
    // One that a replacement is to delete still is beside the new one.
    return deployment.resources?.find((resource) => nameOf(resource.urn) === `${cluster}-cluster-secret` && !resource.delete);
}

/** The annotations that a stack's last `up` gave to a cluster's Secret; none if the state has no such Secret. */
export function annotationsIn(state: State, cluster: string): Readonly<Record<string, string>> {
    const metadata = secretIn(state, cluster)?.inputs?.metadata as { annotations?: Record<string, string> } | undefined;
    return metadata?.annotations ?? {};
}

/** A cluster's registration in a stack's state. */
export function registeredIn(
    state: State,
    { settings, namespace }: { readonly settings: Pick<EnvironmentSettings, "clusters">; readonly namespace: string },
    cluster: string,
): Registered {
    const resources = state.deployment.resources ?? [];
    const secret = secretIn(state, cluster);
    const { name } = (secret?.outputs?.metadata ?? {}) as { name?: string };
    const drain = resources.find(({ urn }) => nameOf(urn) === `${cluster}-drain`);
    const { argoCdName = cluster, server } = (drain?.outputs ?? {}) as { argoCdName?: string; server?: string };
    const watch = resources.flatMap(({ type, parent, outputs }) => {
        const kind = watchKinds[type];
        if (kind === undefined || nameOf(parent ?? "") !== `${cluster}-probes`) {
            return [];
        }
        const object = (outputs?.metadata ?? {}) as { name?: string };
        return [`${kind[0]}/namespaces/${namespace}/${kind[1]}/${object.name}`];
    });
    return { cluster, argoCdName, secret: name, server: server ?? settings.clusters[cluster]?.server ?? "", watch };
}

/**
 * How far a cluster's quarantine has come in a stack's state: an `up` that was interrupted leaves a part of it. In
 * quarantine all that is the cluster's is protected, and nothing else of an environment ever is; each resource is
 * written with its other changes.
 */
export function quarantineIn(state: State, cluster: string): "none" | "part" | "whole" {
    const marks = new Set(resourcesOf(state, cluster).map(({ protect = false }) => protect));
    return marks.size === 2 ? "part" : marks.has(true) ? "whole" : "none";
}
