/**
 * Property values as a provider sees them: plain data, with secrets and unknowns as objects of their own.
 */

/** A value that the engine keeps encrypted in state and hides in output. */
export class Secret {
    constructor(readonly value: Value) {}
}

/** A value that a preview cannot know yet. There is one instance: {@link unknown}. */
export class Unknown {
    /** Distinguishes this class from others by structure as well as by name. */
    readonly computed = true;
}

/** The one unknown value. */
export const unknown = new Unknown();

/** An asset or archive, passed through as the engine sent it. */
export class Asset {
    constructor(readonly fields: PropertyMap) {}
}

export type Value = null | boolean | number | string | Secret | Unknown | Asset | Value[] | PropertyMap;

export interface PropertyMap {
    [key: string]: Value;
}

/** Whether a value is an object with properties (not an array, a secret, an unknown or an asset). */
export function isMap(value: Value | undefined): value is PropertyMap {
    return typeof value === "object" && value !== null && !Array.isArray(value) && !isMarked(value);
}

function isMarked(value: object): value is Secret | Unknown | Asset {
    return value instanceof Secret || value instanceof Unknown || value instanceof Asset;
}

/** The value inside a secret, however many times it is wrapped; any other value as it is. */
export function reveal(value: Value | undefined): Exclude<Value, Secret> | undefined {
    let current = value;
    while (current instanceof Secret) {
        current = current.value;
    }
    return current;
}

/** Marks a value as secret, unless it is one already. */
export function secret(value: Value): Secret {
    return value instanceof Secret ? value : new Secret(value);
}

/** Whether `found` holds for the value or for anything inside it. Looks into secrets. */
function someValue(value: Value, found: (value: Value) => boolean): boolean {
    if (found(value)) {
        return true;
    }
    if (value instanceof Secret) {
        return someValue(value.value, found);
    }
    if (Array.isArray(value)) {
        return value.some((element) => someValue(element, found));
    }
    return isMap(value) && Object.values(value).some((element) => someValue(element, found));
}

/** Whether anything in the value is unknown. */
export function containsUnknowns(value: Value): boolean {
    return someValue(value, (part) => part instanceof Unknown);
}

/** Whether anything in the value is secret. */
export function containsSecrets(value: Value): boolean {
    return someValue(value, (part) => part instanceof Secret);
}

/** The same value with every secret replaced by its contents. Unknowns stay. */
export function withoutSecrets(value: PropertyMap): PropertyMap;
export function withoutSecrets(value: Value): Value;
export function withoutSecrets(value: Value): Value {
    const plain = reveal(value) ?? null;
    if (Array.isArray(plain)) {
        return plain.map((element) => withoutSecrets(element));
    }
    if (isMap(plain)) {
        return mapValues(plain, (element) => withoutSecrets(element));
    }
    return plain;
}

/** A copy without some keys. */
export function without(map: PropertyMap, ...keys: readonly string[]): PropertyMap {
    return Object.fromEntries(Object.entries(map).filter(([key]) => !keys.includes(key)));
}

/** A value as text: scalars as they are, everything else as JSON. */
export function textOf(value: Value | undefined): string {
    return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

/** The first text that is not empty, or "". */
export function firstGiven(...texts: readonly (string | undefined)[]): string {
    return texts.find((text) => text !== undefined && text !== "") ?? "";
}

/** The same keys with other values. */
export function mapValues(map: PropertyMap, change: (value: Value, key: string) => Value): PropertyMap {
    return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value, key)]));
}
