import type { InputSchema, StackKind } from "./settingsInput";

/** Project of the settings: the namespace of their keys in a stack file. */
const prefix = "hubspoke:";

/**
 * A JSON Schema of Pulumi.<stack>.yaml for editors: the settings of the role in the file. Keys of other namespaces, and
 * Pulumi's keys beside `config`, can have any value.
 */
export function stackFileSchema({ shard, ...roles }: Readonly<Record<StackKind, InputSchema>>): object {
    return {
        $schema: "http://json-schema.org/draft-07/schema#",
        title: "Stack file of hubspoke",
        type: "object",
        properties: {
            config: {
                type: "object",
                properties: { [`${prefix}role`]: { enum: Object.keys(roles), description: "Role of the stack." } },
                allOf: [
                    ...Object.entries(roles).map(([role, settings]) => ({
                        if: { properties: { [`${prefix}role`]: { const: role } }, required: [`${prefix}role`] },
                        then: configSchema(settings),
                    })),
                    { if: { required: [`${prefix}shard`] }, then: configSchema(shard), else: { required: [`${prefix}role`] } },
                ],
            },
        },
        required: ["config"],
        definitions: {
            secret: {
                type: "object",
                description: "A value that Pulumi encrypted: `pulumi config set --secret`.",
                properties: { secure: { type: "string" } },
                required: ["secure"],
                additionalProperties: false,
            },
        },
    };
}

/** The settings of one role, with the prefix; a key with the prefix that is not a setting is an error. */
function configSchema({ properties = {}, required = [] }: InputSchema): object {
    const keyed = Object.entries(properties).map(([name, schema]) => [`${prefix}${name}`, withForms(schema)]);
    return {
        properties: Object.fromEntries(keyed) as Record<string, InputSchema>,
        required: required.map((name) => `${prefix}${name}`),
        patternProperties: { [`^(?!${prefix})`]: {} },
        additionalProperties: false,
    };
}

/** The same schema, which also accepts the other forms of a value that Pulumi writes (settings/given.ts). */
function withForms(schema: InputSchema): InputSchema {
    const forms = otherForms(schema);
    if (forms !== undefined) {
        const { description, default: byDefault, examples, writeOnly, ...value } = schema;
        const said = { description, default: byDefault, examples, writeOnly };
        return { ...said, anyOf: [value, ...forms, { $ref: "#/definitions/secret" } as InputSchema] };
    }
    const { properties, additionalProperties, items, anyOf, oneOf } = schema;
    return {
        ...schema,
        ...(properties && { properties: mapValues(properties, withForms) }),
        ...(additionalProperties && { additionalProperties: withForms(additionalProperties) }),
        ...(items && { items: withForms(items) }),
        ...(anyOf && { anyOf: anyOf.map(withForms) }),
        ...(oneOf && { oneOf: oneOf.map(withForms) }),
    };
}

/** Other forms of a single value; undefined for a list, a map, and a word that selects a variant. */
function otherForms({ type, enum: words, const: word }: InputSchema): InputSchema[] | undefined {
    if (word !== undefined) {
        return typeof word === "boolean" ? [{ const: String(word) }] : undefined;
    }
    if (words !== undefined) {
        return words.includes("true") ? [{ type: "boolean" }] : [];
    }
    const forms: Readonly<Record<string, InputSchema[]>> = {
        string: [],
        boolean: [{ enum: ["true", "false"] }],
        integer: [{ type: "string", pattern: "^-?\\d+$" }],
    };
    return forms[String(type)];
}

function mapValues<In, Out>(record: Readonly<Record<string, In>>, change: (value: In) => Out): Record<string, Out> {
    return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
