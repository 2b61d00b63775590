import { parseQuantity } from "../../../../settings/quantity";
import type { ChangeKind, PropertyChange } from "../../plugin/provider";
import { isMap, Unknown, type PropertyMap, type Value } from "../../plugin/values";
import { formatPath, type Path } from "../model/path";
import { isQuantityPath } from "../model/quantity";
import { touches } from "./forceNew";

/** The inputs of a comparison: the live object, limited to the fields of the old inputs; the old and the new inputs. */
export interface Comparison {
    readonly live: PropertyMap;
    readonly oldInputs: PropertyMap;
    readonly newInputs: PropertyMap;
    /** Paths whose change forces a replacement. */
    readonly immutable: readonly Path[];
}

/** Changes from the live object to the new inputs, by path. Null in the inputs is the same as absent. */
export function compare({ live, oldInputs, newInputs, immutable }: Comparison): Map<string, PropertyChange> {
    const found = new Map<string, PropertyChange>();
    const add = (kind: ChangeKind, path: Path, value: Value | undefined): void => {
        found.set(formatPath(path), { kind, replace: touches(path, value, immutable) });
    };
    compareMaps([], live, oldInputs, newInputs, add);
    return found;
}

type Add = (kind: ChangeKind, path: Path, value: Value | undefined) => void;

function compareMaps(path: Path, live: PropertyMap, old: PropertyMap, next: PropertyMap, add: Add): void {
    for (const key of new Set([...Object.keys(next), ...Object.keys(live)])) {
        compareValues(
            [...path, key],
            live[key] ?? undefined,
            old[key] ?? undefined,
            next[key] ?? undefined,
            add,
        );
    }
}

function compareValues(
    path: Path,
    live: Value | undefined,
    old: Value | undefined,
    next: Value | undefined,
    add: Add,
): void {
    if (next === undefined) {
        if (live !== undefined) {
            add("delete", path, live);
        }
    } else if (live === undefined) {
        if (!(isZero(next) && deepEqual(next, old))) {
            add("add", path, next);
        }
    } else if (next instanceof Unknown) {
        add("update", path, next);
    } else if (isMap(live) && isMap(next)) {
        compareMaps(path, live, isMap(old) ? old : {}, next, add);
    } else if (Array.isArray(live) && Array.isArray(next)) {
        compareLists(path, live, Array.isArray(old) ? old : [], next, add);
    } else if (!sameScalar(path, live, next)) {
        add("update", path, next);
    }
}

function compareLists(
    path: Path,
    live: readonly Value[],
    old: readonly Value[],
    next: readonly Value[],
    add: Add,
): void {
    for (let index = 0; index < Math.max(live.length, next.length); index++) {
        const [before, input, after] = [live[index], old[index], next[index]].map(
            (value) => value ?? undefined,
        );
        compareValues([...path, index], before, input, after, add);
    }
}

/**
 * A value that API servers leave out when a field has it; set like that before and not there is no change.
 */
function isZero(value: Value): boolean {
    if (Array.isArray(value)) {
        return value.length === 0;
    }
    return isMap(value) ? Object.keys(value).length === 0 : value === false || value === 0 || value === "";
}

function sameScalar(path: Path, live: Value, next: Value): boolean {
    if (live === next) {
        return true;
    }
    const [a, b] = isQuantityPath(path) ? [parseQuantity(live), parseQuantity(next)] : [undefined, undefined];
    return a !== undefined && a === b;
}

function deepEqual(a: Value | undefined, b: Value | undefined): boolean {
    return JSON.stringify(a) === JSON.stringify(b);
}
