import type { ClusterAddress } from "./kubeconfig";
import { ask } from "./request";

/** An Application, as far as a cluster's entry and exit depend on it. */
export interface Application {
    readonly name: string;
    /** Namespace that it delivers to; nothing where its objects say it themselves. */
    readonly namespace: string | undefined;
    /** Whether an ApplicationSet made it. */
    readonly applicationSet: boolean;
    readonly deleting: boolean;
    /** Time of the last comparison, as RFC 3339; nothing where there was none. */
    readonly reconciledAt: string | undefined;
    readonly sync: string;
    /** Its conditions and the state of its last operation, for errors. */
    readonly message: string;
}

interface ApplicationList {
    readonly items: readonly {
        readonly metadata: {
            readonly name: string;
            readonly deletionTimestamp?: string;
            readonly ownerReferences?: readonly { readonly kind: string }[];
        };
        readonly spec?: {
            readonly destination?: { readonly server?: string; readonly name?: string; readonly namespace?: string };
        };
        readonly status?: {
            readonly reconciledAt?: string;
            readonly sync?: { readonly status?: string };
            readonly conditions?: readonly { readonly type: string; readonly message: string }[];
        };
    }[];
}

/** Path of the Applications in Argo CD's namespace. */
export function applicationsPath(namespace: string): string {
    return `apis/argoproj.io/v1alpha1/namespaces/${namespace}/applications`;
}

/**
 * The Applications that deliver to a cluster, by its URL or by its name; none on a hub without Argo CD.
 *
 * @throws Error that names the hub, when it does not answer or refuses
 */
export async function applicationsOf(
    hub: ClusterAddress,
    namespace: string,
    { cluster, server }: { readonly cluster: string; readonly server: string },
): Promise<Application[]> {
    const { status, body } = await ask(hub, applicationsPath(namespace));
    if (status === 404) {
        return [];
    }
    if (status !== 200) {
        throw new Error(`hubspoke:hub: the API server ${hub.server} answers ${status} when asked for Applications`);
    }
    return (JSON.parse(body) as ApplicationList).items
        .filter(({ spec }) => {
            const { name, server: url = "" } = spec?.destination ?? {};
            return name === cluster || url.replace(/\/$/, "") === server.replace(/\/$/, "");
        })
        .map(({ metadata, spec, status: state }) => ({
            name: metadata.name,
            namespace: spec?.destination?.namespace,
            applicationSet: metadata.ownerReferences?.some(({ kind }) => kind === "ApplicationSet") ?? false,
            deleting: metadata.deletionTimestamp !== undefined,
            reconciledAt: state?.reconciledAt,
            sync: state?.sync?.status ?? "Unknown",
            message: (state?.conditions ?? []).map(({ type, message }) => `${type}: ${message}`).join("; "),
        }));
}
