import type { Change, Inputs } from "../preview/events";

/** Path of a property: names of fields, and indices of lists, from the top. */
export type Path = readonly string[];

/**
 * The change that an operation may make to a resource: the paths of the properties that it may change, with everything
 * below them; undefined if the change does not belong to it. A creation, import or deletion needs no paths.
 */
export type Owns = (change: Change) => readonly Path[] | undefined;

/** Whether a step of a preview changes anything. */
export function isChange({ operation }: Change): boolean {
    return operation !== "same" && operation !== "read";
}

/**
 * The changes in a preview that do not belong to an operation, one line each.
 *
 * The inputs before and after are compared field by field. For hidden (secret) fields, the paths that the provider
 * names decide. A provider may name a coarse path (`metadata`), which shows nothing about the fields below it.
 */
export function strangeChanges(changes: readonly Change[], owns: Owns): string[] {
    return changes
        .filter(isChange)
        .flatMap((change) => {
            const strange = strangePaths(change, owns(change));
            return strange === undefined ? [] : [describe(change, strange)];
        });
}

/** Paths that do not belong to it, empty if the whole resource does not; undefined if every change belongs to it. */
function strangePaths(change: Change, own: readonly Path[] | undefined): readonly string[] | undefined {
    if (change.operation === "create" || change.operation === "import" || change.operation === "delete") {
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

/** Paths of the leaves that differ; two secrets cannot be compared. */
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

/** Parses a property path in the engine's notation: `metadata.annotations["a/b"]`, `spec.ports[0]`. */
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
