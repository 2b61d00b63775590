import { secretTypeLabel } from "../clusters/names";
/** The value at a path; nothing where there is none. */
export function at(value: unknown, ...path: readonly string[]): unknown {
    return path.reduce<unknown>(
        (inner, key) => (typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>)[key] : undefined),
        value,
    );
}

/** The list at a path; empty where there is none. */
export function listAt(value: unknown, ...path: readonly string[]): unknown[] {
    const found = at(value, ...path);
    return Array.isArray(found) ? (found as unknown[]) : [];
}

/** A value inside a resource, and the way to it. */
export interface Leaf {
    readonly path: readonly string[];
    readonly value: unknown;
}

/** Every value inside, with its path, the containers too. */
export function* walk(value: unknown, path: readonly string[] = []): Generator<Leaf> {
    yield { path, value };
    if (typeof value === "object" && value !== null) {
        for (const key of Object.keys(value)) {
            yield* walk(known(value, key), [...path, key]);
        }
    }
}

/** In a preview, what is not known yet throws when it is read; it is judged when the `up` knows it. */
function known(value: object, key: string): unknown {
    try {
        return (value as Record<string, unknown>)[key];
    } catch {
        return undefined;
    }
}

/** Whether a resource is the registration of a cluster with Argo CD. */
export function isClusterSecret({ type, props }: { type: string; props: unknown }): boolean {
    return (
        type === "kubernetes:core/v1:Secret" &&
        at(props, "metadata", "labels", secretTypeLabel) === "cluster"
    );
}
