import { isMap, type PropertyMap, type Value } from "../../plugin/values";
import { listAt, stringAt, valueAt, type KubeObject } from "../model/object";
import type { Path } from "../model/path";

/**
 * Managers under which an earlier tool, or this provider's creation, owns fields although the program manages
 * them now: an apply would leave them behind, or conflict with them. As in the official provider (await.go).
 */
const inherited: readonly (readonly [manager: string, operation: string])[] = [
    ["kubectl", "Apply"],
    ["kubectl", "Update"],
    ["before-first-apply", "Update"],
    ["pulumi-kubernetes", "Update"],
    ["pulumi-kubernetes.exe", "Update"],
    ["pulumi-resource-kubernetes", "Update"],
];

/** JSON patch that gives the inherited fields to `manager`, or undefined when there are none. */
export function inheritFields(live: KubeObject, manager: string): readonly object[] | undefined {
    const entries = listAt(live, "metadata", "managedFields").filter(isMap);
    const taken = entries.filter(isInherited);
    if (taken.length === 0) {
        return undefined;
    }
    const isOwn = (entry: PropertyMap): boolean =>
        entry.manager === manager && entry.operation === "Apply" && entry.subresource === undefined;
    const fields = [...entries.filter(isOwn), ...taken].map((entry) => valueAt(entry, "fieldsV1"));
    const own: PropertyMap = {
        manager,
        operation: "Apply",
        apiVersion: stringAt(live, "apiVersion"),
        time: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
        fieldsType: "FieldsV1",
        fieldsV1: fields.reduce<PropertyMap>((all, some) => union(all, isMap(some) ? some : {}), {}),
    };
    const kept = entries.filter((entry) => !isOwn(entry) && !isInherited(entry));
    return [
        { op: "replace", path: "/metadata/managedFields", value: [...kept, own] },
        {
            op: "replace",
            path: "/metadata/resourceVersion",
            value: stringAt(live, "metadata", "resourceVersion"),
        },
    ];
}

/** Whether a preview has to force its apply: the fields are only taken over by the real update. */
export function hasInheritedFields(live: KubeObject): boolean {
    return listAt(live, "metadata", "managedFields").filter(isMap).some(isInherited);
}

/** Whether a manager other than `manager` owns the field at a path, and `manager` does not. */
export function isOwnedByOthers(live: KubeObject, path: Path, manager: string): boolean {
    const owners = listAt(live, "metadata", "managedFields")
        .filter(isMap)
        .filter((entry) => valueAt(entry, "fieldsV1", ...path.map((segment) => `f:${segment}`)) !== undefined)
        .map((entry) => entry.manager);
    return owners.length > 0 && !owners.includes(manager);
}

function isInherited(entry: PropertyMap): boolean {
    return (
        entry.subresource === undefined &&
        inherited.some(([manager, operation]) => entry.manager === manager && entry.operation === operation)
    );
}

/** Union of two sets of fields, which are trees whose leaves are empty. */
function union(a: PropertyMap, b: PropertyMap): PropertyMap {
    const merged: Record<string, Value> = { ...a };
    for (const [key, value] of Object.entries(b)) {
        const existing = merged[key];
        merged[key] = isMap(existing) && isMap(value) ? union(existing, value) : value;
    }
    return merged;
}
