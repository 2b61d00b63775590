import type { ClusterAddress } from "./kubeconfig";
import { domainAnnotation, secretTypeLabel, stackAnnotation } from "./names";
import { get } from "./request";

/** A cluster Secret that stands on the hub, without its credentials. */
export interface Registration {
    readonly secret: string;
    readonly cluster: string;
    readonly server: string;
    /** The stack that made it; nothing when another tool or a person registered the cluster. */
    readonly stack: string | undefined;
    /** DNS domain of what runs there; nothing when another tool or a person registered the cluster. */
    readonly domain: string | undefined;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
}

interface SecretList {
    readonly items: readonly {
        readonly metadata: {
            readonly name: string;
            readonly annotations?: Record<string, string>;
            readonly labels?: Record<string, string>;
        };
        readonly data?: Record<string, string>;
    }[];
}

/**
 * Reads which clusters are registered on the hub.
 *
 * @throws Error as `get`
 */
export async function registrations(hub: ClusterAddress, namespace: string): Promise<Registration[]> {
    const selector = encodeURIComponent(`${secretTypeLabel}=cluster`);
    const list = await get<SecretList>(hub, `api/v1/namespaces/${namespace}/secrets?labelSelector=${selector}`);
    return list.items.map(({ metadata, data = {} }) => ({
        secret: metadata.name,
        cluster: decode(data.name),
        server: decode(data.server),
        stack: metadata.annotations?.[stackAnnotation],
        domain: metadata.annotations?.[domainAnnotation],
        labels: metadata.labels ?? {},
        annotations: metadata.annotations ?? {},
    }));
}

/** Whether a registration has the name or the URL of a cluster. */
export function isOfCluster(
    registration: Pick<Registration, "cluster" | "server">,
    { name, server }: { readonly name: string; readonly server: string },
): boolean {
    return registration.cluster === name || sameServer(registration.server, server);
}

/** Argo CD itself compares URLs without a slash at their end. */
export function sameServer(left: string, right: string): boolean {
    return left.replace(/\/$/, "") === right.replace(/\/$/, "");
}

function decode(value: string | undefined): string {
    return Buffer.from(value ?? "", "base64").toString("utf8");
}
