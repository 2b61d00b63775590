import { stackAnnotation } from "../components/clusterSecret";
import type { ClusterAddress } from "./kubeconfig";
import { get } from "./request";

/** A cluster Secret that stands on the hub, without its credentials. */
export interface Registration {
    readonly secret: string;
    readonly cluster: string;
    readonly server: string;
    /** The stack that made it; nothing when it was registered by other means. */
    readonly stack: string | undefined;
    /** DNS domain of what runs there; nothing when it was registered by other means. */
    readonly domain: string | undefined;
    readonly labels: Readonly<Record<string, string>>;
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

/** Reads which clusters are registered on the hub. */
export async function registrations(hub: ClusterAddress, namespace: string): Promise<Registration[]> {
    const selector = encodeURIComponent("argocd.argoproj.io/secret-type=cluster");
    const list = await get<SecretList>(hub, `api/v1/namespaces/${namespace}/secrets?labelSelector=${selector}`);
    return list.items.map(({ metadata, data = {} }) => ({
        secret: metadata.name,
        cluster: decode(data.name),
        server: decode(data.server),
        stack: metadata.annotations?.[stackAnnotation],
        domain: metadata.annotations?.domain,
        labels: metadata.labels ?? {},
    }));
}

/**
 * Refuses a cluster that is registered already, by another stack or by hand: of two Secrets with one URL Argo CD takes
 * an arbitrary one, and of two with one name its cluster generator keeps one.
 *
 * @param servers URL of each cluster that the stack registers, by name
 * @throws Error that names the registration that exists
 */
export function refuseSecondRegistration(
    servers: Readonly<Record<string, string>>,
    existing: readonly Registration[],
    stack: string,
): void {
    const others = existing.filter((registration) => registration.stack !== stack);
    const problems = Object.entries(servers).flatMap(([name, server]) =>
        others
            .filter((other) => other.cluster === name || sameServer(other.server, server))
            .map(
                (other) =>
                    `hubspoke:clusters.${name}: the hub has a cluster "${other.cluster}" at ${other.server} already ` +
                    `(Secret ${other.secret}, ${other.stack ? `of stack ${other.stack}` : "made by other means"}). ` +
                    "Choose another name and API server, or remove that registration first",
            ),
    );
    if (problems.length > 0) {
        throw new Error(problems.join("\n  "));
    }
}

/**
 * Refuses two clusters of one stack with one API server.
 *
 * @throws Error that names both
 */
export function refuseSharedServer(servers: Readonly<Record<string, string>>): void {
    const entries = Object.entries(servers);
    for (const [index, [name, server]] of entries.entries()) {
        const twin = entries.slice(0, index).find(([, other]) => sameServer(other, server));
        if (twin !== undefined) {
            throw new Error(
                `hubspoke:clusters.${name}: has the same API server as clusters.${twin[0]}, ${server}. ` +
                    "Correct its context, or remove one of the two",
            );
        }
    }
}

/** Argo CD itself compares URLs without a slash at their end. */
function sameServer(left: string, right: string): boolean {
    return left.replace(/\/$/, "") === right.replace(/\/$/, "");
}

function decode(value: string | undefined): string {
    return Buffer.from(value ?? "", "base64").toString("utf8");
}
