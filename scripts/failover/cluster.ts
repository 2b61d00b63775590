import type { ClusterAddress } from "../../clusters/kubeconfig";
import { get } from "../../clusters/request";
import type { NamespaceLimits } from "../../settings/delivery";
import { amountOf } from "../../settings/quantity";
import type { Amounts, Capacity, Replicas } from "./capacity";

type Limits = Pick<NamespaceLimits, "cpu" | "memory" | "pods">;

type Quantities = Readonly<{ cpu?: string; memory?: string; pods?: string }>;

interface NodeList {
    readonly items: readonly {
        readonly spec?: { readonly unschedulable?: boolean };
        readonly status?: {
            readonly allocatable?: Quantities;
            readonly conditions?: readonly { readonly type: string; readonly status: string }[];
        };
    }[];
}

interface DeploymentList {
    readonly items: readonly {
        readonly spec: { readonly replicas?: number };
        readonly status?: { readonly readyReplicas?: number };
    }[];
}

interface AutoscalerList {
    readonly items: readonly { readonly spec: { readonly maxReplicas: number } }[];
}

function amounts({ cpu = "0", memory = "0", pods = "0" }: Quantities): Amounts {
    return { cpu: amountOf(cpu), memory: amountOf(memory), pods: amountOf(pods) };
}

/**
 * A cluster's capacity for the application that users reach, as far as the cluster answers.
 *
 * @param limits see {@link quotaOf}
 */
export async function capacityOf(cluster: ClusterAddress, namespace: string, limits: Limits): Promise<Capacity> {
    const [nodes, replicas] = await Promise.all([
        nodesOf(cluster).catch(() => undefined),
        replicasOf(cluster, namespace).catch(() => undefined),
    ]);
    return { ...quotaOf(limits), nodes, replicas };
}

/**
 * What is known of a cluster's capacity without asking it.
 *
 * @param limits the quota of the application's namespace, from the environment's settings
 */
export function quotaOf(limits: Limits): Capacity {
    return { limits: amounts({ ...limits, pods: String(limits.pods) }), nodes: undefined, replicas: undefined };
}

async function nodesOf(cluster: ClusterAddress): Promise<Amounts> {
    const { items } = await get<NodeList>(cluster, "api/v1/nodes");
    const usable = items.filter(
        ({ spec, status }) =>
            spec?.unschedulable !== true &&
            status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True"),
    );
    const all = usable.map(({ status }) => amounts(status?.allocatable ?? {}));
    return all.reduce(
        (sum, { cpu, memory, pods }) => ({ cpu: sum.cpu + cpu, memory: sum.memory + memory, pods: sum.pods + pods }),
        { cpu: 0, memory: 0, pods: 0 },
    );
}

async function replicasOf(cluster: ClusterAddress, namespace: string): Promise<Replicas> {
    const [deployments, autoscalers] = await Promise.all([
        get<DeploymentList>(cluster, `apis/apps/v1/namespaces/${namespace}/deployments`),
        get<AutoscalerList>(cluster, `apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`),
    ]);
    const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
    const wanted = sum(deployments.items.map(({ spec }) => spec.replicas ?? 1));
    const scaled = sum(autoscalers.items.map(({ spec }) => spec.maxReplicas));
    return {
        ready: sum(deployments.items.map(({ status }) => status?.readyReplicas ?? 0)),
        wanted,
        most: Math.max(wanted, scaled),
    };
}
