import type { DiffRequest, DiffResult } from "../../plugin/provider";
import type { Value } from "../../plugin/values";
import { compare } from "../diff/changes";
import { identity, immutablePaths } from "../diff/forceNew";
import { annotations, isAnnotated } from "../model/annotations";
import { fromProperties, fromState } from "../model/checkpoint";
import { isPatch, kindOfObject } from "../model/kinds";
import { isNamed } from "../model/naming";
import { normalize } from "../model/normalize";
import { nameOfObject, namespaceOf, stringAt, valueAt, withMetadata, type KubeObject } from "../model/object";
import { isInside, parsePath } from "../model/path";
import { prune } from "../model/prune";
import { isNamespaced, type Context } from "./context";

/**
 * Compares the live object of the last run, as far as the old inputs name it, with the new inputs. What the
 * cluster filled in is not a difference; a change that a refresh found is one.
 */
export async function diff(context: Context, request: DiffRequest): Promise<DiffResult> {
    const { live, inputs } = fromState(request.olds);
    const oldInputs = normalize(inputs);
    const newInputs = await inCanonicalNamespace(
        context,
        normalize(fromProperties(request.news)),
        request.urn,
    );
    const comparable = await inCanonicalNamespace(
        context,
        comparableLive(live, oldInputs, newInputs),
        request.urn,
    );
    const changes = compare({
        live: comparable,
        oldInputs,
        newInputs,
        immutable: isPatch(request.urn, stringAt(newInputs, "kind"))
            ? identity
            : immutablePaths(newInputs, context.settings),
    });
    const ignored = request.ignoreChanges.map(parsePath);
    for (const path of changes.keys()) {
        if (ignored.some((prefix) => isInside(parsePath(path), prefix))) {
            changes.delete(path);
        }
    }
    const replaced = [...changes.values()].some((change) => change.replace);
    return { changes, deleteBeforeReplace: replaced && keepsName(newInputs, comparable) };
}

/** The live object with the fields of the old inputs; with its name even where `generateName` made that. */
function comparableLive(live: KubeObject, oldInputs: KubeObject, newInputs: KubeObject): KubeObject {
    const pruned = prune(live, oldInputs);
    const withoutVersion = withMetadata(pruned, "resourceVersion", undefined);
    return nameOfObject(newInputs) === ""
        ? withoutVersion
        : withMetadata(withoutVersion, "name", nameOfObject(live));
}

async function inCanonicalNamespace(context: Context, object: KubeObject, urn: string): Promise<KubeObject> {
    if (!(await isNamespaced(context, kindOfObject(urn, stringAt(object, "kind"))))) {
        return withMetadata(object, "namespace", undefined);
    }
    const namespace = meaningful(valueAt(object, "metadata", "namespace"));
    return namespace === undefined ? withMetadata(object, "namespace", "default") : object;
}

/** A significant value: not null, not empty. */
function meaningful(value: Value | undefined): Value | undefined {
    return value === null || value === "" ? undefined : value;
}

/** The new object must have the old one's name, so the old one must be deleted first. */
function keepsName(next: KubeObject, live: KubeObject): boolean {
    return (
        isNamed(next) &&
        !isAnnotated(next, annotations.autonamed) &&
        nameOfObject(next) === nameOfObject(live) &&
        namespaceOf(next) === namespaceOf(live)
    );
}
