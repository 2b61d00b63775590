/** How the values of an adopted release differ from the program's, by their paths. */
export interface ValueChanges {
    /** Set by the release's user, and not by the program: the chart's default comes back. */
    readonly dropped: readonly string[];
    /** Set by both, with the program's value. */
    readonly changed: readonly string[];
    /** Set by the program alone, with the value. */
    readonly added: readonly string[];
}

type Tree = Readonly<Record<string, unknown>>;

/**
 * Compares the values of a release with the program's. Values of the release can be secrets, so only their paths are
 * told; the program's own values have no secrets.
 */
export function compareValues(before: Tree, after: Tree): ValueChanges {
    const [given, wanted] = [new Map(leaves(before)), new Map(leaves(after))];
    const told = (path: string) => `${path}: ${short(wanted.get(path))}`;
    const paths = [...wanted.keys()];
    return {
        dropped: [...given.keys()].filter((path) => !wanted.has(path)),
        changed: paths.filter((path) => given.has(path) && text(given.get(path)) !== text(wanted.get(path))).map(told),
        added: paths.filter((path) => !given.has(path)).map(told),
    };
}

/** Paths and values of a tree; a list counts as a value. */
function leaves(tree: Tree, at: readonly string[] = []): [path: string, value: unknown][] {
    return Object.entries(tree).flatMap(([key, value]): [string, unknown][] => {
        const path = [...at, /^[\w-]+$/.test(key) ? key : JSON.stringify(key)];
        return isTree(value) && Object.keys(value).length > 0 ? leaves(value, path) : [[path.join("."), value]];
    });
}

function isTree(value: unknown): value is Tree {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
    return JSON.stringify(value) ?? "";
}

/** A value in one line of the list. */
function short(value: unknown): string {
    const all = text(value);
    return all.length > 60 ? `${all.slice(0, 57)}…` : all;
}
