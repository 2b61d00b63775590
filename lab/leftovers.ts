import { type ClusterName, clusterNames } from "./clusters";
import { kubectl } from "./kubectl";
import { waitFor } from "./processes";

/** The field managers of this program's objects: Pulumi's provider, Helm by hand, and Argo CD's components and CLI. */
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

/**
 * Removes the CRDs that Helm keeps when it deletes Argo CD's release (`crds.keep`): without them, every Application is
 * lost.
 */
export async function removeKeptCrds(cluster: ClusterName = "hub"): Promise<void> {
    await kubectl(cluster, ["delete", "crd", "--selector", "app.kubernetes.io/part-of=argocd", "--timeout=50s"]);
}

/**
 * Checks every object of every kind on every cluster.
 *
 * @throws Error that lists the remaining objects of Pulumi, Helm or Argo CD
 */
export async function refuseLeftovers(): Promise<void> {
    const found = (await Promise.all(clusterNames.map(leftoversOn))).flat();
    if (found.length > 0) {
        throw new Error(`the stacks are destroyed, and these objects are left:\n${found.join("\n")}`);
    }
}

async function leftoversOn(cluster: ClusterName): Promise<string[]> {
    // The API server lists a kind for a moment after the deletion of its CRD, but cannot list its objects.
    const all = async () => ({ done: await everyObject(cluster) });
    const { items } = await waitFor(`all objects of ${cluster}`, all, { timeoutMs: 60_000, intervalMs: 1_000 });
    return items
        .filter(({ metadata }) => metadata.managedFields?.some(({ manager }) => ourManagers.test(manager ?? "")))
        .map(({ kind, metadata }) => `${cluster}: ${kind} ${metadata.namespace ?? ""}/${metadata.name}`);
}

async function everyObject(cluster: ClusterName): Promise<ObjectList> {
    const kinds = (await kubectl(cluster, ["api-resources", "--verbs=list", "--output=name"])).split("\n");
    // Events are deleted automatically.
    const names = kinds.filter((kind) => kind !== "" && !kind.startsWith("events"));
    const everything = await kubectl(cluster, [
        "get", names.join(","), "--all-namespaces", "--output=json", "--show-managed-fields",
    ]);
    return JSON.parse(everything) as ObjectList;
}
