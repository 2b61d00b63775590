import type { DiffRequest, DiffResult } from "../../plugin/provider";
import { isMap, without, withoutSecrets, type PropertyMap } from "../../plugin/values";
import { compare } from "../diff/changes";
import { isInside, parsePath } from "../model/path";
import { prune } from "../model/prune";
import { inputsOfState } from "./state";

const identity = ["name", "namespace"].map(parsePath);

/** Inputs that the official provider's state may hold and that are none any more. */
const retired = ["checksum", "resourceNames"];

/**
 * Compares what Helm said of the release, as far as the old or the new inputs name it, with the new inputs.
 * As in the official provider, a chart that changed without a new version is no difference.
 */
export function diffRelease(request: DiffRequest): DiffResult {
    const newInputs = withoutSecrets(request.news);
    const oldInputs = without(withoutSecrets(inputsOfState(request.olds) ?? {}), ...retired);
    const live = prune(withoutSecrets(request.olds), merge(newInputs, oldInputs));
    const changes = compare({ live, oldInputs, newInputs, immutable: identity });
    const ignored = request.ignoreChanges.map(parsePath);
    for (const path of changes.keys()) {
        if (ignored.some((prefix) => isInside(parsePath(path), prefix))) {
            changes.delete(path);
        }
    }
    return { changes, deleteBeforeReplace: false };
}

/** Every key of both, the first one's values where both have one. */
function merge(first: PropertyMap, second: PropertyMap): PropertyMap {
    const merged: PropertyMap = { ...second };
    for (const [key, value] of Object.entries(first)) {
        const other = merged[key];
        merged[key] = isMap(value) && isMap(other) ? merge(value, other) : value;
    }
    return merged;
}
