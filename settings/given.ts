import { parseDocument } from "yaml";
import type { z } from "zod";
import { nearest } from "./nearest";

/**
 * One rule for how values arrive. Where a user set a value by `pulumi config set` or as a secret, Pulumi hands over
 * text, also for a number, a list or a map. Where a user wrote it into the stack file without quotes, Pulumi hands over
 * what YAML made of it (Pulumi: sdk/go/common/resource/config/object.go; gopkg.in/yaml.v3: resolve.go).
 */

/** Something that no schema can say about a value. */
export interface Problem {
    readonly path: readonly (string | number)[];
    readonly message: string;
}

/** A value of the types that its schema expects, as far as that is possible. */
export interface Given {
    readonly value: unknown;
    readonly problems: readonly Problem[];
}

const hint = "Put it in quotes, or add `--type string` to `pulumi config set`";
const notText = {
    number: `is a number and not text, and YAML may have changed what was written. ${hint}`,
    boolean: `is true or false and not text, and YAML may have changed what was written. ${hint}`,
    date: `is a date to YAML, which has changed what was written. ${hint}`,
};
const noValue = "has no value. Write one, or remove the key";

/** How Go prints a time: what becomes of a date in YAML without quotes. Nobody writes one like that. */
const goTime = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,9})? [+-]\d{4} \S{1,5}$/;

/**
 * Gives values the types that a schema expects: text of a number or of true or false, and JSON of a list or map, become
 * that. Text stays text, whatever it begins with. Nothing else changes; the schema checks the rest.
 *
 * @returns the value, and what is wrong with it: a number, a boolean or a date where the schema expects text, a key
 *     without a value, JSON that cannot be read, a key that the schema does not know. No message repeats a value.
 */
export function asExpected(schema: z.core.$ZodType, given: unknown): Given {
    const problems: Problem[] = [];
    const value = visit(schema, given, [], (path, message) => problems.push({ path, message }));
    return { value, problems };
}

type Path = readonly (string | number)[];
type Refuse = (path: Path, message: string) => void;

function visit(wrapped: z.core.$ZodType, given: unknown, path: Path, refuse: Refuse): unknown {
    const def = defOf(wrapped);
    if (given === undefined || def.type === "unknown") {
        return given;
    }
    if (given === null || (given === "" && def.type !== "string" && def.type !== "enum")) {
        refuse(path, noValue);
        return given;
    }
    if (def.type === "string") {
        return textOf(given, path, refuse);
    }
    if (def.type === "number") {
        return typeof given === "string" && /^-?(0|[1-9]\d*)$/.test(given) ? Number(given) : given;
    }
    if (def.type === "boolean") {
        return truthOf(given);
    }
    if (def.type === "enum") {
        return typeof given === "boolean" && String(given) in def.entries ? String(given) : given;
    }
    if (def.type === "literal") {
        return def.values.some((value) => typeof value === "boolean") ? truthOf(given) : given;
    }
    if (def.type === "union" && !("discriminator" in def)) {
        return visitUnion(def.options, given);
    }
    return visitInside(def, parsed(given, path, refuse), path, refuse);
}

type Def = z.core.$ZodTypes["_zod"]["def"];

/** What a schema expects, whether or not there is a default. */
function defOf(schema: z.core.$ZodType): Def {
    const { def } = (schema as z.core.$ZodTypes)._zod;
    if (def.type === "optional" || def.type === "default" || def.type === "prefault") {
        return defOf(def.innerType);
    }
    return def.type === "pipe" ? defOf(def.in) : def;
}

function visitInside(def: Def, given: unknown, path: Path, refuse: Refuse): unknown {
    if (def.type === "array" && Array.isArray(given)) {
        return given.map((item, index) => visit(def.element, item, [...path, index], refuse));
    }
    if (typeof given !== "object" || given === null || Array.isArray(given)) {
        return given;
    }
    const entries = (visitEntry: (key: string, value: unknown) => unknown) =>
        Object.fromEntries(Object.entries(given).map(([key, value]) => [key, visitEntry(key, value)]));
    if (def.type === "record") {
        return entries((key, value) => visit(def.valueType, value, [...path, key], refuse));
    }
    if (def.type === "union") {
        return visitVariant(def as z.core.$ZodDiscriminatedUnionDef, given, path, refuse);
    }
    if (def.type !== "object") {
        return given;
    }
    return entries((key, value) => {
        const known = Object.hasOwn(def.shape, key) ? def.shape[key] : def.catchall;
        if (known !== undefined && defOf(known).type !== "never") {
            return visit(known, value, [...path, key], refuse);
        }
        refuse([...path, key], unknownKey(key, Object.keys(def.shape)));
        return value;
    });
}

function textOf(given: unknown, path: Path, refuse: Refuse): unknown {
    if (typeof given === "number" || typeof given === "boolean") {
        refuse(path, notText[typeof given as "number" | "boolean"]);
    } else if (typeof given === "string" && goTime.test(given)) {
        refuse(path, notText.date);
    }
    return given;
}

function truthOf(given: unknown): unknown {
    return given === "true" || given === "false" ? given === "true" : given;
}

/** A list or a map; from JSON where it is text. JSON.parse quotes the text in its errors, which may be a secret. */
function parsed(given: unknown, path: Path, refuse: Refuse): unknown {
    if (typeof given !== "string") {
        return given;
    }
    try {
        const value: unknown = JSON.parse(given);
        if (parseDocument(given).errors.some(({ code }) => code === "DUPLICATE_KEY")) {
            refuse(path, "names a key twice in one map of its JSON. Remove one");
        }
        return value;
    } catch {
        refuse(path, "is text, and neither a map nor a list in JSON. Correct it, or write it as YAML in the stack file");
        return given;
    }
}

function unknownKey(key: string, known: readonly string[]): string {
    const [first = ""] = key.split(".");
    if (key.includes(".") && known.includes(first)) {
        return "is not a setting. Set it by `pulumi config set --path`, and remove this key";
    }
    const meant = nearest(key, known);
    return meant === undefined
        ? "is not a setting. Correct its spelling, or remove it"
        : `is not a setting. Write ${meant} if you mean that, or remove it`;
}

/** The variant that the discriminator selects; the schema refuses what selects none. */
function visitVariant(def: z.core.$ZodDiscriminatedUnionDef, given: object, path: Path, refuse: Refuse): unknown {
    const selector = (given as Record<string, z.core.util.Primitive | undefined>)[def.discriminator];
    const variant = def.options.find((option) =>
        (option as z.core.$ZodTypeDiscriminable)._zod.propValues?.[def.discriminator]?.has(selector),
    );
    return variant === undefined ? given : visit(variant, given, path, refuse);
}

/** The value as the first alternative takes it. */
function visitUnion(options: readonly z.core.$ZodType[], given: unknown): unknown {
    for (const option of options) {
        const { value, problems } = asExpected(option, given);
        if (problems.length === 0 && "value" in (option["~standard"].validate(value) as object)) {
            return value;
        }
    }
    return given;
}
