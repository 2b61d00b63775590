import { isMap, type PropertyMap, type Value } from "../../plugin/values";

/** JSON merge patch (RFC 7386) that leads from one object to another. Lists are replaced as a whole. */
export function mergePatch(from: PropertyMap, to: PropertyMap): PropertyMap {
    const patch: PropertyMap = {};
    for (const key of Object.keys(from)) {
        if (!Object.hasOwn(to, key)) {
            patch[key] = null;
        }
    }
    for (const [key, value] of Object.entries(to)) {
        const old: Value | undefined = from[key];
        if (isMap(old) && isMap(value)) {
            const inner = mergePatch(old, value);
            if (Object.keys(inner).length > 0) {
                patch[key] = inner;
            }
        } else if (JSON.stringify(old) !== JSON.stringify(value)) {
            patch[key] = value;
        }
    }
    return patch;
}
