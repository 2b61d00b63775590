import { isMap, type PropertyMap, type Value } from "../../plugin/values";

/**
 * The live object reduced to what the inputs name, so that fields which the cluster fills in are no
 * difference. Lists are matched element by element and are no longer than in the inputs.
 */
export function prune(live: PropertyMap, inputs: PropertyMap): PropertyMap {
    const pruned: PropertyMap = {};
    for (const [key, value] of Object.entries(live)) {
        const input = Object.hasOwn(inputs, key) ? inputs[key] : undefined;
        if (input !== undefined) {
            pruned[key] = pruneValue(value, input);
        }
    }
    return pruned;
}

function pruneValue(live: Value, input: Value): Value {
    if (isMap(live) && isMap(input)) {
        return prune(live, input);
    }
    return Array.isArray(live) && Array.isArray(input) ? pruneList(live, input) : live;
}

function pruneList(live: readonly Value[], input: readonly Value[]): Value[] {
    return live.slice(0, input.length).map((value, index) => {
        const wanted = input[index];
        return wanted === undefined || wanted === null ? value : pruneValue(value, wanted);
    });
}
