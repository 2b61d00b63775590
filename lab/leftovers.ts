import { type ClusterName, clusterNames } from "./clusters";
import { kubectl } from "./kubectl";
import { waitFor } from "./processes";

/** Who writes objects for this program: Pulumi's provider, Helm by hand, and Argo CD's components and CLI. */
const ourManagers = /^(pulumi|helm|argocd)/i;

interface ObjectList {
    readonly items: readonly {
        readonly kind: string;
        readonly metadata: {
            readonly name: string;
            readonly namespace?: string;
            readonly managedFields?: readonly { readonly manager?: string }[];
        };
    }[];
}

/** Removes the CRDs that Helm keeps when Argo CD's release goes (`crds.keep`): their loss costs every Application. */
export async function removeKeptCrds(cluster: ClusterName = "hub"): Promise<void> {
    await kubectl(cluster, ["delete", "crd", "--selector", "app.kubernetes.io/part-of=argocd", "--timeout=50s"]);
}

/**
 * Looks at every object of every kind on every cluster.
 *
 * @throws Error that lists what Pulumi, Helm or Argo CD wrote and nobody removed
 */
export async function refuseLeftovers(): Promise<void> {
    const found = (await Promise.all(clusterNames.map(leftoversOn))).flat();
    if (found.length > 0) {
        throw new Error(`the stacks are destroyed, and these objects are left:\n${found.join("\n")}`);
    }
}

async function leftoversOn(cluster: ClusterName): Promise<string[]> {
    // A kind whose CRD has just gone is named by the API server for a moment longer, and then cannot be listed.
    const all = async () => ({ done: await everyObject(cluster) });
    const { items } = await waitFor(`all objects of ${cluster}`, all, { timeoutMs: 60_000, intervalMs: 1_000 });
    return items
        .filter(({ metadata }) => metadata.managedFields?.some(({ manager }) => ourManagers.test(manager ?? "")))
        .map(({ kind, metadata }) => `${cluster}: ${kind} ${metadata.namespace ?? ""}/${metadata.name}`);
}

async function everyObject(cluster: ClusterName): Promise<ObjectList> {
    const kinds = (await kubectl(cluster, ["api-resources", "--verbs=list", "--output=name"])).split("\n");
    // Events are notes on what was, and go by themselves.
    const names = kinds.filter((kind) => kind !== "" && !kind.startsWith("events"));
    const everything = await kubectl(cluster, [
        "get", names.join(","), "--all-namespaces", "--output=json", "--show-managed-fields",
    ]);
    return JSON.parse(everything) as ObjectList;
}
