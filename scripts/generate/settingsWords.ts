import { stringify } from "yaml";
import type { InputSchema } from "./settingsInput";

const formats: Readonly<Record<string, string>> = { uri: "URL", email: "e-mail address", uuid: "UUID" };

/** The type of a setting in words, such as `list of text`. */
export function typeOf(schema: InputSchema): string {
    const alternatives = [...new Set(alternativesOf(schema))];
    const last = alternatives.pop() ?? "any value";
    return alternatives.length === 0 ? last : `${alternatives.join(", ")} or ${last}`;
}

function alternativesOf(schema: InputSchema): string[] {
    const union = schema.anyOf ?? schema.oneOf;
    if (union !== undefined) {
        return union.flatMap(alternativesOf);
    }
    const words = wordsOf(schema);
    return words.length > 0
        ? words.map((word) => `\`${String(word)}\``)
        : [schema.type ?? []].flat().map((type) => nameOf(type, schema));
}

/** The allowed values of a setting, if they are few. */
function wordsOf(schema: InputSchema): readonly unknown[] {
    const { type, enum: words, const: word } = schema;
    return words ?? (word !== undefined ? [word] : type === "boolean" ? [true, false] : []);
}

function nameOf(type: string, schema: InputSchema): string {
    const { format = "", writeOnly, minimum, maximum, items, additionalProperties } = schema;
    switch (type) {
        case "string":
            return writeOnly ? "secret text" : (formats[format] ?? "text");
        case "integer":
            return minimum === undefined ? "integer" : `integer from ${minimum} to ${maximum}`;
        case "array":
            return `list of ${plural(typeOf(items ?? {}))}`;
        case "object":
            return additionalProperties ? `map of ${plural(typeOf(additionalProperties))}` : "map";
        default:
            return type;
    }
}

function plural(type: string): string {
    return type.replace(/^(map|list)\b/, "$1s");
}

/** An example of a value: the schema's example, or one from the examples of its parts; undefined if there is none. */
export function exampleOf(schema: InputSchema): unknown {
    const { examples = [], items, propertyNames, additionalProperties, anyOf = [] } = schema;
    if (examples.length > 0) {
        return examples[0];
    }
    if (items !== undefined) {
        return [exampleOf(items)];
    }
    if (propertyNames !== undefined && additionalProperties) {
        return { [exampleOf(propertyNames) as string]: exampleOf(additionalProperties) };
    }
    const words = wordsOf(schema);
    return words.find((word) => word !== schema.default) ?? words[0] ?? anyOf.map(exampleOf)[0];
}

/** A value as one line of YAML, as code in Markdown; empty without a value. */
export function code(value: unknown): string {
    if (value === undefined) {
        return "";
    }
    const yaml = stringify(value, { collectionStyle: "flow", lineWidth: 0 }).trim();
    return `\`${yaml.includes("\n") ? JSON.stringify(value) : yaml}\``;
}
