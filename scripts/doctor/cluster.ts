import type { ClusterAddress } from "../../clusters/kubeconfig";
import { ask } from "../../clusters/request";
import { admits } from "../../preflight/nodes";
import { accessOf, describeMissing, missing } from "./access";
import { type Finding, finding, ok } from "./finding";
import { isSkewed } from "./machine";
import type { PlannedObject } from "./objects";
import { type Need, needsOf } from "./rights";
import { asBrought, kindsOf, type ServedKind } from "./served";

/** What the stack, and Argo CD for it, would do on a cluster. */
export interface ClusterPlan {
    /** Objects that the stack and its charts make. */
    readonly objects: readonly PlannedObject[];
    /** Objects that Argo CD delivers. */
    readonly delivered: readonly PlannedObject[];
    /** API groups whose CRDs the stack installs. */
    readonly brought: readonly string[];
    /** Rights besides those for the objects. */
    readonly needs: readonly Need[];
    /** What to do about a missing right. */
    readonly remedy: string;
    /** Version of kubectl on this machine. */
    readonly kubectl: string | undefined;
    /** Whether the agent's pods need a node. */
    readonly needsNode: boolean;
}

/** Checks a cluster that answers; of one that does not, the program's own checks have said it. */
export async function examineCluster(cluster: ClusterAddress, plan: ClusterPlan): Promise<Finding[]> {
    const version = await versionOf(cluster);
    if (version === undefined) {
        return [];
    }
    const at = `hubspoke:${cluster.setting}`;
    const { kubectl } = plan;
    const skew =
        kubectl !== undefined && isSkewed(kubectl, version)
            ? [finding("warn", `${at}: kubectl ${kubectl} is not supported for Kubernetes ${version}. Install kubectl ${version}`)]
            : [];
    const kinds = await examineKinds(cluster, plan);
    return [
        ok(`${cluster.setting}: Kubernetes ${version} at ${cluster.server}, as ${await userOf(cluster)}`),
        ...skew,
        ...kinds.findings,
        ...(await examineRights(cluster, plan, kinds.served)),
        ...(plan.needsNode ? await examineNodes(cluster) : []),
    ];
}

async function versionOf(cluster: ClusterAddress): Promise<string | undefined> {
    const answer = await ask(cluster, "version").catch(() => undefined);
    return answer?.status === 200 ? (JSON.parse(answer.body) as { gitVersion: string }).gitVersion : undefined;
}

/** The name of the kubeconfig's identity; Kubernetes 1.28 and newer say it. */
async function userOf(cluster: ClusterAddress): Promise<string> {
    const body = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
    const path = "apis/authentication.k8s.io/v1/selfsubjectreviews";
    const { status, body: answer } = await ask(cluster, path, { method: "POST", body });
    return status === 201
        ? (JSON.parse(answer) as { status: { userInfo: { username: string } } }).status.userInfo.username
        : "an identity that the server does not name";
}

type Served = ReadonlyMap<PlannedObject, ServedKind>;

/** Finds each object's kind; a kind that is neither served nor installed by the stack is missing. */
async function examineKinds(
    cluster: ClusterAddress,
    { objects, delivered, brought }: ClusterPlan,
): Promise<{ readonly findings: Finding[]; readonly served: Served }> {
    const kindOf = kindsOf(cluster);
    const served = new Map<PlannedObject, ServedKind>();
    const absent = new Map<string, PlannedObject>();
    for (const object of [...objects, ...delivered]) {
        const kind = (await kindOf(object)) ?? (brought.includes(object.group) ? asBrought(object) : undefined);
        if (kind === undefined) {
            absent.set(`${object.group}/${object.version} ${object.kind}`, object);
        } else {
            served.set(object, kind);
        }
    }
    const findings = [...absent].map(([name, { kind, name: object = kind }]) => {
        const text = `hubspoke:${cluster.setting}: the cluster does not serve ${name}, for ${object}`;
        return finding("fail", `${text}. Install what brings its CRD, or remove what needs it from the settings or values`);
    });
    const custom = [...served.keys()].filter(({ group }) => group.includes(".") && !group.endsWith(".k8s.io"));
    const groups = [...new Set(custom.map(({ group }) => group))].filter((group) => !brought.includes(group));
    return { served, findings: groups.length === 0 ? findings : [ok(`${cluster.setting}: CRDs of ${groups.join(", ")}`), ...findings] };
}

async function examineRights(cluster: ClusterAddress, plan: ClusterPlan, served: Served): Promise<Finding[]> {
    const objects = plan.objects.filter((object) => served.has(object));
    const kinds = new Map(objects.map((object) => [kindName(object), served.get(object)] as const));
    const needs = [
        ...needsOf(objects, (object) => kinds.get(kindName(object)) ?? { resource: object.kind, namespaced: false }),
        ...plan.needs,
    ];
    const lines = describeMissing(await missing(needs, accessOf(cluster)));
    return lines.length === 0
        ? [ok(`${cluster.setting}: the rights for ${objects.length} objects`)]
        : lines.map((line) => finding("fail", `hubspoke:${cluster.setting}: this identity ${line}. ${plan.remedy}`));
}

function kindName({ group, version, kind }: Pick<PlannedObject, "group" | "version" | "kind">): string {
    return `${group}/${version} ${kind}`;
}

/** Whether pods without tolerations find a node; an identity of an environment may not be allowed to list nodes. */
async function examineNodes(cluster: ClusterAddress): Promise<Finding[]> {
    const { status, body } = await ask(cluster, "api/v1/nodes");
    if (status !== 200) {
        return [];
    }
    const { items } = JSON.parse(body) as { items: Parameters<typeof admits>[0][] };
    const nodes = items.filter((node) => admits(node, { nodeSelector: {}, tolerations: [] })).length;
    return nodes > 0
        ? [ok(`${cluster.setting}: ${nodes} of ${items.length} nodes take the agent's pods`)]
        : [finding("warn", `hubspoke:${cluster.setting}: no node takes pods now. Add a node, unless an autoscaler does`)];
}
