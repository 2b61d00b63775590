import { fromBase64 } from "./base64";
import type { ClusterAddress } from "./kubeconfig";
import { nameNormalized } from "../settings/argoCdName";
import {
    clusterLabel,
    domainAnnotation,
    secretTypeLabel,
    skipReconcileAnnotation,
    stackAnnotation,
} from "./names";
import { get } from "./request";

/** A cluster Secret on the hub, without its credentials. */
export interface Registration {
    readonly secret: string;
    /** The cluster's key in its stack file; the name in Argo CD if no stack registered it. */
    readonly cluster: string;
    /** The cluster's name in Argo CD. */
    readonly argoCdName: string;
    readonly server: string;
    /** The stack that created it; undefined if the cluster was registered by another tool or by hand. */
    readonly stack: string | undefined;
    /** DNS domain of the cluster; undefined if the cluster was registered by another tool or by hand. */
    readonly domain: string | undefined;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    /** When the Secret was created, as RFC 3339. */
    readonly created: string;
}

interface SecretList {
    readonly items: readonly {
        readonly metadata: {
            readonly name: string;
            readonly creationTimestamp: string;
            readonly annotations?: Record<string, string>;
            readonly labels?: Record<string, string>;
        };
        readonly data?: Record<string, string>;
    }[];
}

/**
 * Reads the clusters that are registered on the hub.
 *
 * @throws Error like `get`
 */
export async function registrations(hub: ClusterAddress, namespace: string): Promise<Registration[]> {
    const selector = encodeURIComponent(`${secretTypeLabel}=cluster`);
    const list = await get<SecretList>(hub, `api/v1/namespaces/${namespace}/secrets?labelSelector=${selector}`);
    return list.items.map(({ metadata, data = {} }) => ({
        secret: metadata.name,
        cluster: metadata.labels?.[clusterLabel] ?? fromBase64(data.name),
        argoCdName: fromBase64(data.name),
        server: fromBase64(data.server),
        stack: metadata.annotations?.[stackAnnotation],
        domain: metadata.annotations?.[domainAnnotation],
        labels: metadata.labels ?? {},
        annotations: metadata.annotations ?? {},
        created: metadata.creationTimestamp,
    }));
}

/**
 * Whether a registration has the URL of a cluster, or a name for which Argo CD's cluster generator would name an
 * Application alike.
 *
 * @param cluster `name` is the cluster's name in Argo CD
 */
export function isOfCluster(
    registration: Pick<Registration, "argoCdName" | "server">,
    { name, server }: { readonly name: string; readonly server: string },
): boolean {
    return nameNormalized(registration.argoCdName) === nameNormalized(name) || sameServer(registration.server, server);
}

/** Whether Argo CD leaves the cluster alone (argo-cd, controller/sharding/cache.go, reads it as Go's `ParseBool`). */
export function isLeftAlone({ annotations }: Pick<Registration, "annotations">): boolean {
    return ["1", "t", "true"].includes((annotations[skipReconcileAnnotation] ?? "").toLowerCase());
}

/**
 * Whether two URLs are of one API server: the default port, the case of the host, a slash at the end, a query and a
 * user make no difference. For Kubernetes they lead to the same server, and for Argo CD some of them too.
 */
export function sameServer(left: string, right: string): boolean {
    return addressOf(left) === addressOf(right);
}

/** Names of the API server in every cluster's own DNS, whatever the domain of its Services is. */
const inClusterHost = /^kubernetes(\.default(\.svc(\..+)?)?)?\.?$/;

/** Whether a URL leads each program in a cluster to that cluster: Argo CD to the hub, and not to a spoke. */
export function isInCluster(server: string): boolean {
    return URL.canParse(server) && inClusterHost.test(new URL(server).hostname);
}

function addressOf(server: string): string {
    if (!URL.canParse(server)) {
        return server;
    }
    const { protocol, hostname, port, pathname } = new URL(server);
    return `${protocol}//${hostname.replace(/\.$/, "")}:${port}${pathname.replace(/\/+$/, "")}`;
}
