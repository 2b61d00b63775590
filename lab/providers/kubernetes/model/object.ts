import { isMap, Unknown, without, type PropertyMap, type Value } from "../../plugin/values";

/**
 * A Kubernetes object as plain data: no secrets inside (they are marked in a second step, see `secrets.ts`).
 * In a preview there may be unknowns.
 */
export type KubeObject = PropertyMap;

/** The value at a path of keys, or undefined when something on the way is not an object. */
export function valueAt(object: Value | undefined, ...keys: readonly string[]): Value | undefined {
    return keys.reduce<Value | undefined>(
        (value, key) => (isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined),
        object,
    );
}

/** The string at a path, or "" when there is none. */
export function stringAt(object: Value | undefined, ...keys: readonly string[]): string {
    const value = valueAt(object, ...keys);
    return typeof value === "string" ? value : "";
}

/** The number at a path, or undefined when there is none. */
export function numberAt(object: Value | undefined, ...keys: readonly string[]): number | undefined {
    const value = valueAt(object, ...keys);
    return typeof value === "number" ? value : undefined;
}

/** The list at a path, or an empty one. */
export function listAt(object: Value | undefined, ...keys: readonly string[]): readonly Value[] {
    const value = valueAt(object, ...keys);
    return Array.isArray(value) ? value : [];
}

/** The object's name, or "". */
export function nameOfObject(object: KubeObject): string {
    return stringAt(object, "metadata", "name");
}

/** The object's namespace, or "". */
export function namespaceOf(object: KubeObject): string {
    return stringAt(object, "metadata", "namespace");
}

/** Pulumi's id of an object: `namespace/name`, or `name` for one of the whole cluster. */
export function idOf(object: KubeObject): string {
    const namespace = namespaceOf(object);
    return namespace === "" ? nameOfObject(object) : `${namespace}/${nameOfObject(object)}`;
}

/** Splits an id of {@link idOf}. */
export function parseId(id: string): { readonly namespace: string; readonly name: string } {
    const [first = "", second] = id.split("/");
    return second === undefined ? { namespace: "", name: first } : { namespace: first, name: second };
}

/**
 * A copy with one field of `metadata` set, or removed when the value is undefined. Unknown metadata stays.
 */
export function withMetadata(object: KubeObject, key: string, value: Value | undefined): KubeObject {
    const { metadata } = object;
    if (metadata instanceof Unknown) {
        return object;
    }
    const rest = without(isMap(metadata) ? metadata : {}, key);
    return { ...object, metadata: value === undefined ? rest : { ...rest, [key]: value } };
}

/** The object's generation has been seen by its controller, if it says so at all. */
export function isObserved(object: KubeObject): boolean {
    const generation = numberAt(object, "metadata", "generation");
    const observed = numberAt(object, "status", "observedGeneration");
    return generation === undefined || observed === undefined || observed >= generation;
}

/** A condition of the object's status. */
export function conditionOf(object: KubeObject, type: string): PropertyMap | undefined {
    return listAt(object, "status", "conditions")
        .filter(isMap)
        .find((condition) => condition.type === type);
}
