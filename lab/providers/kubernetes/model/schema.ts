import * as client from "@kubernetes/client-node";
import type { GroupVersionKind } from "./kinds";

/** A class of the client that was generated from Kubernetes' OpenAPI. */
interface Model {
    getAttributeTypeMap(): readonly { readonly baseName: string; readonly type: string }[];
}

const models = client as unknown as Readonly<Record<string, Partial<Model> | undefined>>;

/** Type of the objects of a built-in kind, as `V1Deployment`. */
export function typeOfKind({ version, kind }: GroupVersionKind): string {
    return `${version.charAt(0).toUpperCase()}${version.slice(1)}${kind}`;
}

/**
 * The fields of a type with their types: another one, `string`, `Array<V1Container>`,
 * `{ [key: string]: string; }` and so on. Undefined for a type without fields, and for one that the client
 * does not know.
 */
export function fieldsOf(type: string): ReadonlyMap<string, string> | undefined {
    const fields = models[type]?.getAttributeTypeMap?.();
    return fields === undefined ? undefined : new Map(fields.map((field) => [field.baseName, field.type]));
}

/** Type of the elements of a list, or undefined when the type is no list. */
export function elementType(type: string): string | undefined {
    return /^Array<(.*)>$/.exec(type)?.[1];
}

/** Type of the values under any key, or undefined when the type is no such map. */
export function valueType(type: string): string | undefined {
    return /^\{ \[key: string\]: (.*); \}$/.exec(type)?.[1];
}
