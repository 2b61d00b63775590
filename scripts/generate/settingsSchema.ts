import type { InputSchema } from "./settingsInput";

/** Project of the settings: the namespace of their keys in a stack file. */
const prefix = "hubspoke:";

/**
 * A JSON Schema of Pulumi.<stack>.yaml for editors: the settings of the role in the file. Keys of other namespaces, and
 * Pulumi's keys beside `config`, can have any value.
 */
export function stackFileSchema(input: Readonly<Record<string, InputSchema>>): object {
    return {
        $schema: "http://json-schema.org/draft-07/schema#",
        title: "Stack file of hubspoke",
        type: "object",
        properties: {
            config: {
                type: "object",
                properties: { [`${prefix}role`]: { enum: Object.keys(input), description: "Role of the stack." } },
                required: [`${prefix}role`],
                allOf: Object.entries(input).map(([role, settings]) => ({
                    if: { properties: { [`${prefix}role`]: { const: role } }, required: [`${prefix}role`] },
                    then: configSchema(settings),
                })),
            },
        },
        required: ["config"],
        definitions: {
            secret: {
                type: "object",
                description: "A text that Pulumi encrypted: `pulumi config set --secret`.",
                properties: { secure: { type: "string" } },
                required: ["secure"],
                additionalProperties: false,
            },
        },
    };
}

/** The settings of one role, with the prefix; a key with the prefix that is not a setting is an error. */
function configSchema({ properties = {}, required = [] }: InputSchema): object {
    const keyed = Object.entries(properties).map(([name, schema]) => [`${prefix}${name}`, withSecrets(schema)]);
    return {
        properties: Object.fromEntries(keyed) as Record<string, InputSchema>,
        required: required.map((name) => `${prefix}${name}`),
        patternProperties: { [`^(?!${prefix})`]: {} },
        additionalProperties: false,
    };
}

/** The same schema, which also accepts Pulumi's encrypted form for every text. */
function withSecrets(schema: InputSchema): InputSchema {
    if (isText(schema)) {
        const { description, default: byDefault, examples, writeOnly, ...text } = schema;
        const said = { description, default: byDefault, examples, writeOnly };
        return { ...said, anyOf: [text, { $ref: "#/definitions/secret" } as InputSchema] };
    }
    const { properties, additionalProperties, items, anyOf, oneOf } = schema;
    return {
        ...schema,
        ...(properties && { properties: mapValues(properties, withSecrets) }),
        ...(additionalProperties && { additionalProperties: withSecrets(additionalProperties) }),
        ...(items && { items: withSecrets(items) }),
        ...(anyOf && { anyOf: anyOf.map(withSecrets) }),
        ...(oneOf && { oneOf: oneOf.map(withSecrets) }),
    };
}

/** Whether the schema accepts any text, and not only certain words. */
function isText({ type, enum: words, const: word }: InputSchema): boolean {
    return [type].flat().includes("string") && words === undefined && word === undefined;
}

function mapValues<In, Out>(record: Readonly<Record<string, In>>, change: (value: In) => Out): Record<string, Out> {
    return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
