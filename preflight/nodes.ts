import * as pulumi from "@pulumi/pulumi";
import type { ClusterAddress } from "../clusters/kubeconfig";
import { argoCdNamespace } from "../clusters/names";
import { ask, get } from "../clusters/request";

/** Nodes that `availability: ha` needs: two pods of a component, never on one host, and room for a roll-out. */
const nodesForHa = 3;

/**
 * API groups of what adds nodes by itself. EKS Auto Mode and AKS node auto-provisioning serve Karpenter's NodePools as
 * well (AWS, "Create a Node Pool for EKS Auto Mode"; Azure, "Node auto provisioning"). GKE Autopilot serves
 * `auto.gke.io` (Google Cloud, "AllowlistSynchronizer").
 */
const autoscalingGroups: Readonly<Record<string, string>> = {
    "karpenter.sh": "Karpenter",
    "auto.gke.io": "GKE Autopilot",
};

/** Where cluster-autoscaler writes how it is; GKE and AKS run it for a node pool that scales. */
const autoscalerStatus = "api/v1/namespaces/kube-system/configmaps/cluster-autoscaler-status";

/** Revisions of Argo CD's release that Helm has finished; none where its namespace is not there yet. */
const finishedReleases =
    `api/v1/namespaces/${argoCdNamespace}/secrets?labelSelector=` +
    encodeURIComponent("owner=helm,name=argocd,status=deployed");

/** What is known of a hub that is to be highly available. */
export interface NodeFacts {
    /** Nodes on which a pod may be placed now. */
    readonly schedulable: number;
    /** Whether Argo CD has been installed there before. */
    readonly installed: boolean;
    /** What adds nodes by itself; nothing where it was not seen. */
    readonly autoscaler: string | undefined;
}

/**
 * Judges whether a hub has nodes enough for `availability: ha`. Too few are an error where Argo CD could never start:
 * at its first installation, with nothing in sight that adds nodes. A hub that stands may have lost a node, or have a
 * pool in an upgrade, and that must not stop a change that is needed just then.
 *
 * @returns a warning, or nothing where there are enough
 * @throws Error that says what to do
 */
export function judgeNodes({ schedulable, installed, autoscaler }: NodeFacts): string | undefined {
    if (schedulable >= nodesForHa) {
        return undefined;
    }
    const short = `hubspoke:availability: "ha" needs ${nodesForHa} schedulable nodes, and the hub has ${schedulable}`;
    if (installed) {
        return `${short}: some pods of Argo CD have no place. Add nodes, unless some are just being replaced`;
    }
    if (autoscaler !== undefined) {
        return `${short}: the installation waits until ${autoscaler} has added the others`;
    }
    throw new Error(
        `${short}, and no autoscaler that adds others: its pods could never be placed. Add nodes, or write "single" ` +
            "for a lab that may lose its Argo CD",
    );
}

interface NodeList {
    readonly items: readonly {
        readonly spec?: { readonly unschedulable?: boolean; readonly taints?: readonly { readonly effect: string }[] };
    }[];
}

/**
 * Refuses a first installation for which the hub has too few nodes, and warns of a hub that has too few of them now.
 *
 * @param groups names of the API groups that the hub serves
 * @throws Error as {@link judgeNodes}, and as `get`
 */
export async function checkNodes(hub: ClusterAddress, groups: readonly string[]): Promise<void> {
    const { items } = await get<NodeList>(hub, "api/v1/nodes");
    const schedulable = items.filter(
        ({ spec }) => !spec?.unschedulable && !spec?.taints?.some(({ effect }) => effect !== "PreferNoSchedule"),
    ).length;
    // Who only previews may read the releases, and not kube-system: so that is asked last, and where it matters.
    const few = schedulable < nodesForHa;
    const installed = few && (await get<{ items: unknown[] }>(hub, finishedReleases)).items.length > 0;
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

/** What adds nodes by itself, by the names of the API groups that a cluster serves; nothing where none is known. */
export function autoscalerServing(groups: readonly string[]): string | undefined {
    return Object.entries(autoscalingGroups).find(([group]) => groups.includes(group))?.[1];
}
