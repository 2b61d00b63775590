import type { ClusterAddress } from "../../clusters/kubeconfig";
import { get } from "../../clusters/request";

/** What a promotion reads of an Application. */
export interface Application {
    readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
    readonly spec: { readonly source?: { readonly targetRevision?: string } };
    readonly status?: {
        readonly sync?: { readonly status?: string; readonly revision?: string };
        readonly health?: { readonly status?: string; readonly lastTransitionTime?: string };
        readonly operationState?: {
            readonly phase?: string;
            readonly message?: string;
            readonly finishedAt?: string;
            readonly syncResult?: { readonly revision?: string };
        };
        readonly conditions?: readonly { readonly type: string; readonly message: string }[];
    };
}

/** The agent's Applications of an environment, from the hub. */
export async function applicationsOf(
    hub: ClusterAddress,
    namespace: string,
    environment: string,
): Promise<Application[]> {
    const selector = encodeURIComponent(`app.kubernetes.io/name=agent,environment=${environment}`);
    const path = `apis/argoproj.io/v1alpha1/namespaces/${namespace}/applications?labelSelector=${selector}`;
    return (await get<{ items: Application[] }>(hub, path)).items;
}

/** One line on an Application, for people. */
export function describe({ metadata, status }: Application): string {
    const { sync, health, operationState, conditions = [] } = status ?? {};
    return [
        `${metadata.name}: ${sync?.status ?? "Unknown"}, ${health?.status ?? "Unknown"}`,
        `at ${sync?.revision ?? "no revision"}`,
        ...(operationState?.phase === "Failed" || operationState?.phase === "Error"
            ? [`(sync ${operationState.phase}: ${operationState.message ?? ""})`]
            : []),
        ...conditions.map(({ type, message }) => `(${type}: ${message})`),
    ].join(" ");
}
