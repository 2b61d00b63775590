import { kubectl } from "../../../lab/kubectl";

/** A component of Argo CD on the hub, as its Deployment or StatefulSet tells. */
export interface ComponentState {
    readonly name: string;
    readonly wanted: number;
    readonly ready: number;
}

interface WorkloadList {
    readonly items: readonly {
        readonly metadata: { readonly name: string };
        readonly spec: { readonly replicas?: number };
        readonly status: { readonly readyReplicas?: number };
    }[];
}

interface BudgetList {
    readonly items: readonly {
        readonly metadata: { readonly name: string };
        readonly status: { readonly currentHealthy: number; readonly desiredHealthy: number };
    }[];
}

/** All of Argo CD's Deployments and StatefulSets. */
export async function componentStates(): Promise<ComponentState[]> {
    const json = await kubectl("hub", ["get", "deployments,statefulsets", "--namespace=argocd", "--output=json"]);
    return (JSON.parse(json) as WorkloadList).items.map(({ metadata, spec, status }) => ({
        name: metadata.name,
        wanted: spec.replicas ?? 1,
        ready: status.readyReplicas ?? 0,
    }));
}

/** Names of the PodDisruptionBudgets that have fewer healthy pods than they demand. */
export async function brokenBudgets(): Promise<string[]> {
    const json = await kubectl("hub", ["get", "poddisruptionbudgets", "--namespace=argocd", "--output=json"]);
    return (JSON.parse(json) as BudgetList).items
        .filter(({ status }) => status.currentHealthy < status.desiredHealthy)
        .map(({ metadata }) => metadata.name);
}
