import { containsSecrets, isMap, reveal, secret, type PropertyMap } from "../../plugin/values";

/**
 * Marks as secret in `outs` what is secret in `ins`. Objects are followed key by key; any other value that
 * holds a secret, a list above all, becomes secret as a whole. `data` and `stringData` of a Secret are always
 * secret.
 */
export function markSecrets(outs: PropertyMap, ins: PropertyMap): PropertyMap {
    const marked = reveal(outs.kind) === "Secret" ? markSecretObject(outs) : { ...outs };
    for (const [key, input] of Object.entries(ins)) {
        const output = marked[key];
        if (output === undefined) {
            continue;
        }
        if (isMap(output) && isMap(input)) {
            marked[key] = markSecrets(output, input);
        } else if (containsSecrets(input)) {
            marked[key] = secret(output);
        }
    }
    return marked;
}

function markSecretObject(object: PropertyMap): PropertyMap {
    const marked: PropertyMap = { ...object };
    for (const key of ["data", "stringData"]) {
        const value = marked[key];
        if (value !== undefined) {
            marked[key] = secret(value);
        }
    }
    return marked;
}
