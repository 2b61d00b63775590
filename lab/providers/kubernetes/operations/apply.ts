import { isMap, type PropertyMap, type Value } from "../../plugin/values";
import { isConflict } from "../cluster/apiError";
import type { ReachableCluster } from "../cluster/cluster";
import { refOf } from "../cluster/objects";
import { annotations, isAnnotated } from "../model/annotations";
import { listAt, stringAt, valueAt, withMetadata, type KubeObject } from "../model/object";
import { parsePath, type Path } from "../model/path";
import type { Settings } from "../settings";
import { hasInheritedFields, inheritFields, isOwnedByOthers } from "./managedFields";
import { mergePatch } from "./mergePatch";

const conflictHelp =
    "https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/" +
    "managing-resources-with-server-side-apply/#handle-field-conflicts-on-existing-resources";

export interface UpdatePlan {
    readonly object: KubeObject;
    /** The object as it is now. */
    readonly live: KubeObject;
    readonly oldInputs: KubeObject;
    readonly fieldManager: string;
    readonly ignoreChanges: readonly string[];
    readonly preview: boolean;
    /** Whether the resource is a Patch, which has no fields but those that it names. */
    readonly patch: boolean;
}

/** An update, and the resulting object. */
export interface Update {
    readonly written: KubeObject;
    readonly updated: KubeObject;
}

/** Writes an update: definitions are replaced, everything else is applied under the field manager. */
export async function applyUpdate(
    cluster: ReachableCluster,
    settings: Settings,
    plan: UpdatePlan,
): Promise<Update> {
    const options = { fieldManager: plan.fieldManager, dryRun: plan.preview };
    if (stringAt(plan.object, "kind") === "CustomResourceDefinition") {
        const version = stringAt(plan.live, "metadata", "resourceVersion");
        const object = withMetadata(plan.object, "resourceVersion", version);
        return { written: plan.object, updated: await cluster.objects.replace(object, options) };
    }
    if (!settings.enableServerSideApply) {
        const patch = mergePatch(plan.oldInputs, plan.object);
        const updated = await cluster.objects.mergePatch(refOf(plan.live), patch, options);
        return { written: plan.object, updated };
    }
    const live = plan.preview || plan.patch ? plan.live : await takeInheritedFields(cluster, plan);
    const written = withIgnoredFields(plan.object, live, plan);
    const force = isForced(settings, plan, live);
    try {
        return { written, updated: await cluster.objects.apply(written, { ...options, force }) };
    } catch (error) {
        if (isConflict(error) && error instanceof Error) {
            throw new Error(
                `server-side apply field conflict detected, see ${conflictHelp} for troubleshooting help\n` +
                    `The resource managed by field manager "${plan.fieldManager}" had an apply conflict: ` +
                    error.message,
            );
        }
        throw error;
    }
}

async function takeInheritedFields(
    cluster: ReachableCluster,
    { live, fieldManager }: UpdatePlan,
): Promise<KubeObject> {
    const patch = inheritFields(live, fieldManager);
    return patch === undefined ? live : await cluster.objects.jsonPatch(refOf(live), patch);
}

function isForced(settings: Settings, { object, preview }: UpdatePlan, live: KubeObject): boolean {
    const unowned = listAt(live, "metadata", "managedFields").length === 0;
    return (
        isAnnotated(object, annotations.patchForce) ||
        settings.enablePatchForce ||
        unowned ||
        (preview && hasInheritedFields(live))
    );
}

/** Fields that the program ignores: left to another manager that owns them, else kept as they are. */
function withIgnoredFields(object: KubeObject, live: KubeObject, plan: UpdatePlan): KubeObject {
    return plan.ignoreChanges.map(parsePath).reduce((result, path) => {
        if (path.some((segment) => typeof segment === "number" || segment === "*")) {
            return result;
        }
        if (isOwnedByOthers(live, path, plan.fieldManager)) {
            return withValueAt(result, path, undefined);
        }
        const current = valueAt(live, ...path.map(String));
        return current === undefined ? result : withValueAt(result, path, current);
    }, object);
}

/** A copy with the value at a path of keys set, or removed when it is undefined. */
function withValueAt(map: PropertyMap, [first, ...rest]: Path, value: Value | undefined): PropertyMap {
    const { [String(first)]: inner, ...others } = map;
    if (rest.length === 0) {
        return value === undefined ? others : { ...others, [String(first)]: value };
    }
    return inner === undefined && value === undefined
        ? map
        : { ...others, [String(first)]: withValueAt(isMap(inner) ? inner : {}, rest, value) };
}
