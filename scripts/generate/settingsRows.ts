import type { InputSchema } from "./settingsInput";

/** One setting of the reference. */
export interface Row {
    /** Its path, such as `clusters.<name>.context`. */
    readonly path: string;
    readonly schema: InputSchema;
    readonly required: boolean;
}

/** The settings in a map. */
export function rowsIn(path: string, { properties = {}, required = [] }: InputSchema): Row[] {
    const under = path === "" ? "" : `${path}.`;
    return Object.entries(properties).flatMap(([name, schema]) =>
        rowsOf({ path: `${under}${name}`, schema, required: required.includes(name) }),
    );
}

/** A setting, and all settings in it except those of its variants. */
export function rowsOf(row: Row): Row[] {
    const { path, schema } = row;
    const { items, additionalProperties, anyOf = [] } = schema;
    return [
        row,
        ...rowsIn(path, schema),
        ...anyOf.flatMap((form) => insideOf(path, form)),
        ...(items ? insideOf(`${path}[]`, items) : []),
        ...(additionalProperties ? insideOf(`${path}.<name>`, additionalProperties) : []),
    ];
}

/** The settings in a value without a name. */
function insideOf(path: string, schema: InputSchema): Row[] {
    return rowsOf({ path, schema, required: false }).slice(1);
}

/** Whether a setting contains no other settings. */
export function isLeaf(row: Row): boolean {
    return rowsOf(row).length === 1 && row.schema.oneOf === undefined;
}

/** A variant of a setting: the key that selects it, that key's value, and its schema. */
export interface Variant {
    readonly key: string;
    readonly value: unknown;
    readonly schema: InputSchema;
}

/**
 * The variants of a setting; a stack file uses one of them. A key with one possible value selects a variant only if the
 * variant always has it: it is required, or has a default.
 */
export function variantsOf({ schema }: Row): Variant[] {
    return (schema.oneOf ?? []).flatMap((variant) =>
        Object.entries(variant.properties ?? {})
            .filter(([key, { const: value, default: usual }]) => {
                return value !== undefined && (usual !== undefined || variant.required?.includes(key) === true);
            })
            .map(([key, { const: value }]) => ({ key, value, schema: variant })),
    );
}
