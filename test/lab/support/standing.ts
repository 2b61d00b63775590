import { kubectl } from "../../../lab/kubectl";
import type { StackName } from "../../../lab/stacks/project";
import type { ClusterName } from "../../../lab/clusters";
import type { State } from "../../../scripts/support/state";
import { pulumiOk } from "./lab";

/** Every kind of object that an environment's stack can make. */
const kinds = [
    "namespaces", "secrets", "configmaps", "serviceaccounts", "resourcequotas", "limitranges", "networkpolicies.networking.k8s.io",
    "roles", "rolebindings", "clusterroles", "clusterrolebindings",
];

interface ObjectList {
    readonly items: readonly {
        readonly kind: string;
        readonly type?: string;
        readonly metadata: {
            readonly name: string;
            readonly namespace?: string;
            readonly annotations?: Record<string, string>;
        };
    }[];
}

/** A stack as its state has it, and as its clusters do. */
export interface Standing {
    readonly pending: readonly string[];
    /** Objects in the state, sorted; each as `<cluster> <kind> <namespace>/<name>`. */
    readonly known: readonly string[];
    /** Objects on the clusters that carry the stack's mark, in the same form. */
    readonly there: readonly string[];
    /** Names of the token Secrets of Argo CD's account. */
    readonly tokens: readonly string[];
}

/** Reads what a stack has on the hub and on its one spoke, of the same name. */
export async function standingOf(stack: Exclude<StackName, "hub">): Promise<Standing> {
    const [state, hub, spoke] = await Promise.all([
        pulumiOk(stack, "stack", "export").then((text) => JSON.parse(text) as State),
        objectsOn("hub"),
        objectsOn(stack),
    ]);
    const { resources = [], pending_operations: pending = [] } = state.deployment;
    const known = resources
        .filter(({ type, id }) => type.startsWith("kubernetes:") && id !== undefined)
        .map(({ inputs, provider = "" }) => {
            const { kind, metadata } = inputs as { kind: string; metadata: { name: string; namespace?: string } };
            return titleOf(provider.split("::").at(-2) ?? "", kind, metadata);
        });
    const marked = ([cluster, { items }]: [string, ObjectList]) =>
        items
            .filter(({ metadata }) => metadata.annotations?.["hubspoke/stack"] === `organization/hubspoke/${stack}`)
            .map(({ kind, metadata }) => titleOf(cluster, kind, metadata));
    return {
        pending: pending.map(({ type, resource }) => `${type} ${resource.urn}`),
        known: known.sort(),
        there: [...marked(["hub", hub]), ...marked([stack, spoke])].sort(),
        tokens: spoke.items
            .filter(({ type }) => type === "kubernetes.io/service-account-token")
            .map(({ metadata }) => metadata.name),
    };
}

async function objectsOn(cluster: ClusterName): Promise<ObjectList> {
    const json = await kubectl(cluster, ["get", kinds.join(","), "--all-namespaces", "--output=json"]);
    return JSON.parse(json) as ObjectList;
}

function titleOf(cluster: string, kind: string, { name, namespace }: { name: string; namespace?: string }): string {
    return `${cluster} ${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}
