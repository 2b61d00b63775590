import * as pulumi from "@pulumi/pulumi";
import type { ClusterAddress } from "../clusters/kubeconfig";
import { argoCdNamespace } from "../clusters/names";
import { ask, get } from "../clusters/request";
import { deployedRelease } from "./argoCd";
import type { PodSettings } from "../settings/pods";

/** Nodes that `availability: ha` needs: two for a component's two pods, and one more for a rolling update. */
const nodesForHa = 3;

/**
 * API groups of node autoscalers. EKS Auto Mode and AKS node auto-provisioning also serve Karpenter's NodePools
 * (AWS, "Create a Node Pool for EKS Auto Mode"; Azure, "Node auto provisioning"). GKE Autopilot serves `auto.gke.io`
 * (Google Cloud, "AllowlistSynchronizer").
 */
const autoscalingGroups: Readonly<Record<string, string>> = {
    "karpenter.sh": "Karpenter",
    "auto.gke.io": "GKE Autopilot",
};

/** The ConfigMap with cluster-autoscaler's status; GKE and AKS run cluster-autoscaler for node pools that scale. */
const autoscalerStatus = "api/v1/namespaces/kube-system/configmaps/cluster-autoscaler-status";

/** Revisions of Argo CD's release that Helm has finished; none if its namespace does not exist yet. */
function finishedReleases(release: string): string {
    return `api/v1/namespaces/${argoCdNamespace}/secrets?labelSelector=${deployedRelease(release)}`;
}

/** Facts about a hub with `availability: ha`. */
export interface NodeFacts {
    /** Nodes on which a pod can be scheduled now. */
    readonly schedulable: number;
    /** Whether Argo CD was installed there before. */
    readonly installed: boolean;
    /** The node autoscaler; undefined if none was found. */
    readonly autoscaler: string | undefined;
}

/**
 * Checks whether a hub has enough nodes for `availability: ha`. Too few nodes are an error if Argo CD could never
 * start: at its first installation, without an autoscaler. An installed hub may have lost a node, or upgrade a node
 * pool: that must not block a change.
 *
 * @returns a warning; undefined if there are enough nodes
 * @throws Error that says what to do
 */
export function judgeNodes({ schedulable, installed, autoscaler }: NodeFacts): string | undefined {
    if (schedulable >= nodesForHa) {
        return undefined;
    }
    const short = `hubspoke:availability: "ha" needs ${nodesForHa} schedulable nodes, and the hub has ${schedulable}`;
    if (installed) {
        return `${short}: some pods of Argo CD cannot be scheduled. Add nodes, unless nodes are being replaced now`;
    }
    if (autoscaler !== undefined) {
        return `${short}: the installation waits until ${autoscaler} has added the missing nodes`;
    }
    throw new Error(
        `${short} and no autoscaler: some pods could never be scheduled. Add nodes, or write "single" ` +
            "for a lab that may lose its Argo CD",
    );
}

/** What a pod's place depends on, of a node. */
interface Node {
    readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
    readonly spec?: { readonly unschedulable?: boolean; readonly taints?: readonly Taint[] };
}

interface Taint {
    readonly key: string;
    readonly value?: string;
    readonly effect: string;
}

/** Whether the pods of Argo CD may be placed on a node, by its labels and taints (kubernetes.io/docs, "Taints"). */
export function admits({ metadata, spec }: Node, { nodeSelector, tolerations }: Placement): boolean {
    const labels = metadata?.labels ?? {};
    const tolerated = ({ key, value = "", effect }: Taint) =>
        tolerations.some(
            (toleration) =>
                (toleration.key ?? key) === key &&
                (toleration.effect ?? effect) === effect &&
                (toleration.operator === "Exists" || (toleration.value ?? "") === value),
        );
    return (
        !spec?.unschedulable &&
        Object.entries(nodeSelector).every(([label, value]) => labels[label] === value) &&
        (spec?.taints ?? []).every((taint) => taint.effect === "PreferNoSchedule" || tolerated(taint))
    );
}

/** Where the settings let the pods run. */
type Placement = Pick<PodSettings, "nodeSelector" | "tolerations">;

/**
 * Refuses a first installation on a hub with too few nodes, and warns if an installed hub has too few nodes now.
 *
 * @param groups names of the API groups that the hub serves
 * @param release name of Argo CD's Helm release
 * @throws Error as {@link judgeNodes}, and as `get`
 */
export async function checkNodes(
    hub: ClusterAddress,
    groups: readonly string[],
    placement: Placement,
    release: string,
): Promise<void> {
    const { items } = await get<{ items: readonly Node[] }>(hub, "api/v1/nodes");
    const schedulable = items.filter((node) => admits(node, placement)).length;
    // A previewer may read the releases, but not kube-system: so this asks for it last, and only if it matters.
    const few = schedulable < nodesForHa;
    const installed = few && (await get<{ items: unknown[] }>(hub, finishedReleases(release))).items.length > 0;
    const autoscaler = few && !installed ? await autoscalerOf(hub, groups) : undefined;
    const warning = judgeNodes({ schedulable, installed, autoscaler });
    if (warning !== undefined) {
        await pulumi.log.warn(warning);
    }
}

async function autoscalerOf(hub: ClusterAddress, groups: readonly string[]): Promise<string | undefined> {
    const seen = autoscalerServing(groups);
    return seen ?? ((await ask(hub, autoscalerStatus)).status === 200 ? "cluster-autoscaler" : undefined);
}

/** The node autoscaler, found by the API groups that a cluster serves; undefined if none is known. */
export function autoscalerServing(groups: readonly string[]): string | undefined {
    return Object.entries(autoscalingGroups).find(([group]) => groups.includes(group))?.[1];
}
