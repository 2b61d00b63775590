import type { Change, Inputs } from "../preview/events";

/** Path of a property: names of fields, and indices of lists, from the top. */
export type Path = readonly string[];

/**
 * What an operation may do to a resource: undefined where the change is none of its own, else the paths of the
 * properties that it may change, with all below them. A creation or deletion that is its own needs no paths.
 */
export type Owns = (change: Change) => readonly Path[] | undefined;

/**
 * The changes of a preview that are none of an operation's own, one line each.
 *
 * The inputs before and after are compared field by field. What they hide, since it is secret, is taken from the paths
 * that the provider names; how fine these are is the provider's own matter, so a coarse one (`metadata`) says nothing.
 */
export function strangeChanges(changes: readonly Change[], owns: Owns): string[] {
    return changes
        .filter(({ operation }) => operation !== "same" && operation !== "read")
        .flatMap((change) => {
            const strange = strangePaths(change, owns(change));
            return strange === undefined ? [] : [describe(change, strange)];
        });
}

/** Paths that are not its own, perhaps none where all the resource is another's; undefined where nothing is strange. */
function strangePaths(change: Change, own: readonly Path[] | undefined): readonly string[] | undefined {
    if (change.operation === "create" || change.operation === "delete") {
        return own === undefined ? [] : undefined;
    }
    const visible = differences(change.before ?? {}, change.after ?? {});
    const told = change.paths.map(parsePath);
    if (own === undefined || change.operation !== "update") {
        return [...new Set([...visible, ...told].map(formatPath))];
    }
    const strange = [
        ...visible.filter((path) => !own.some((mine) => startsWith(path, mine))),
        ...told.filter((path) => !own.some((mine) => startsWith(path, mine) || startsWith(mine, path))),
    ];
    return strange.length === 0 ? undefined : [...new Set(strange.map(formatPath))];
}

/** Paths of the leaves that differ; of two secrets nobody can tell. */
function differences(before: unknown, after: unknown, path: Path = []): Path[] {
    if (isBranch(before) && isBranch(after)) {
        const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
        return keys.flatMap((key) => differences((before as Inputs)[key], (after as Inputs)[key], [...path, key]));
    }
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [path];
}

function isBranch(value: unknown): value is object {
    return typeof value === "object" && value !== null;
}

function startsWith(path: Path, beginning: Path): boolean {
    return beginning.every((part, index) => path[index] === part);
}

/** Reads a property path as the engine writes it: `metadata.annotations["a/b"]`, `spec.ports[0]`. */
function parsePath(text: string): Path {
    const parts = text.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g);
    return [...parts].map(([, quoted, index, plain]) => quoted?.replace(/\\(.)/g, "$1") ?? index ?? plain ?? "");
}

function formatPath(path: Path): string {
    return path.map((part) => (/^[\w-]+$/.test(part) ? part : `"${part}"`)).join(".");
}

function describe({ operation, name, type }: Change, paths: readonly string[]): string {
    return `${operation} ${name} (${type})${paths.length === 0 ? "" : `: ${paths.join(", ")}`}`;
}
