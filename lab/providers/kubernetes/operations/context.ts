import type { Log } from "../../plugin/host";
import type { Cluster } from "../cluster/cluster";
import { annotation, annotations } from "../model/annotations";
import { apiVersionOf, isBuiltIn, isKnownClusterScoped, type GroupVersionKind } from "../model/kinds";
import { uniqueName } from "../model/naming";
import { stringAt, valueAt, withMetadata, type KubeObject } from "../model/object";
import type { Settings } from "../settings";

/** What every operation on objects needs. */
export interface Context {
    readonly settings: Settings;
    readonly cluster: Cluster;
    readonly log: Log;
    /** Aborted when the user cancels. */
    readonly signal: AbortSignal;
    /** Scope of the custom resources that this program defines itself, by `group/kind`. */
    readonly defined: Map<string, "Namespaced" | "Cluster">;
}

/** Whether objects of a kind live in a namespace. A kind that is not known (yet) counts as namespaced. */
export async function isNamespaced(context: Context, gvk: GroupVersionKind): Promise<boolean> {
    if (isBuiltIn(gvk)) {
        return !isKnownClusterScoped(gvk);
    }
    const scope = context.defined.get(`${gvk.group}/${gvk.kind}`);
    if (scope !== undefined) {
        return scope === "Namespaced";
    }
    const found = context.cluster.reachable
        ? await context.cluster.discovery.find(apiVersionOf(gvk), gvk.kind)
        : undefined;
    return found?.namespaced ?? true;
}

/** Whether the API server can be asked about this kind now. */
export async function isServed(context: Context, object: KubeObject): Promise<boolean> {
    if (!context.cluster.reachable) {
        return false;
    }
    const { discovery } = context.cluster;
    return (await discovery.find(stringAt(object, "apiVersion"), stringAt(object, "kind"))) !== undefined;
}

/** Remembers the scope of a CustomResourceDefinition of the program. */
export function rememberDefinition(context: Context, object: KubeObject): void {
    if (stringAt(object, "kind") !== "CustomResourceDefinition") {
        return;
    }
    const key = `${stringAt(object, "spec", "group")}/${stringAt(object, "spec", "names", "kind")}`;
    context.defined.set(key, stringAt(object, "spec", "scope") === "Cluster" ? "Cluster" : "Namespaced");
}

/**
 * The object without a namespace if its kind has none; a program may have set one before the kind was known.
 */
export async function inScope(
    context: Context,
    object: KubeObject,
    gvk: GroupVersionKind,
): Promise<KubeObject> {
    const misplaced =
        valueAt(object, "metadata", "namespace") !== undefined && !(await isNamespaced(context, gvk));
    return misplaced ? withMetadata(object, "namespace", undefined) : object;
}

/** Name under which fields are owned: the annotation's, else the one in state, else a new one. */
export function fieldManagerOf(settings: Settings, object: KubeObject, inState: string | undefined): string {
    if (!settings.enableServerSideApply) {
        return creationManager;
    }
    const chosen = annotation(object, annotations.patchFieldManager);
    return chosen === "" ? (inState ?? uniqueName("pulumi-kubernetes-", new Uint8Array())) : chosen;
}

/** Field manager of every creation, as in the official provider; the first update moves its fields. */
export const creationManager = "pulumi-kubernetes";
