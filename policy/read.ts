import { fromBase64 } from "../clusters/base64";
import { secretTypeLabel } from "../clusters/names";

/** The value at a path; undefined if there is none. */
export function at(value: unknown, ...path: readonly string[]): unknown {
    return path.reduce<unknown>(
        (inner, key) => (typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>)[key] : undefined),
        value,
    );
}

/** The list at a path; empty if there is none. */
export function listAt(value: unknown, ...path: readonly string[]): unknown[] {
    const found = at(value, ...path);
    return Array.isArray(found) ? (found as unknown[]) : [];
}

/** A value inside a resource, and its path. */
export interface Leaf {
    readonly path: readonly string[];
    readonly value: unknown;
}

/** Every nested value with its path, including maps and lists. */
export function* walk(value: unknown, path: readonly string[] = []): Generator<Leaf> {
    yield { path, value };
    if (typeof value === "object" && value !== null) {
        for (const key of Object.keys(value)) {
            yield* walk(known(value, key), [...path, key]);
        }
    }
}

/** A plain copy without the values that a preview does not know. */
export function knownCopy(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map((_, index) => knownCopy(known(value, String(index))));
    }
    return typeof value === "object" && value !== null
        ? Object.fromEntries(Object.keys(value).map((key) => [key, knownCopy(known(value, key))]))
        : value;
}

/** In a preview, reading an unknown value throws an error; the rule checks it during `up`, when it is known. */
function known(value: object, key: string): unknown {
    try {
        return (value as Record<string, unknown>)[key];
    } catch {
        return undefined;
    }
}

/** A value of a Secret, from base64 or plain text; undefined if there is none. */
export function secretText(props: unknown, key: string): string | undefined {
    const encoded = at(props, "data", key);
    const plain = at(props, "stringData", key);
    return typeof encoded === "string" ? fromBase64(encoded) : typeof plain === "string" ? plain : undefined;
}

/** Whether a resource registers a cluster with Argo CD. */
export function isClusterSecret({ type, props }: { type: string; props: unknown }): boolean {
    return (
        type === "kubernetes:core/v1:Secret" &&
        at(props, "metadata", "labels", secretTypeLabel) === "cluster"
    );
}
