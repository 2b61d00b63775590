import type * as model from "../plugin/provider";
import { typeOf } from "../plugin/provider";
import {
    containsUnknowns,
    mapValues,
    unknown,
    Unknown,
    withoutSecrets,
    type PropertyMap,
} from "../plugin/values";
import { randomKinds, type RandomKind } from "./resources";

/**
 * RandomPassword, RandomString, RandomId and RandomBytes. A value is made once; any changed input, `keepers`
 * above all, makes a new one.
 */
export class RandomProvider implements model.ResourceProvider {
    check({ urn, news }: model.CheckRequest): Promise<model.CheckResult> {
        const failures = kindOf(urn).required.flatMap((property) => {
            const value = withoutSecrets(news[property] ?? null);
            const valid = value instanceof Unknown || (typeof value === "number" && value >= 1);
            return valid ? [] : [{ property, reason: `"${property}" must be a number of at least 1` }];
        });
        return Promise.resolve({ inputs: news, failures });
    }

    diff({ urn, olds, news }: model.DiffRequest): Promise<model.DiffResult> {
        const { defaults, generated } = kindOf(urn);
        const before = { ...withoutSecrets(olds) };
        const after = { ...defaults, ...withoutSecrets(news) };
        const keys = Object.keys({ ...before, ...after }).filter((key) => !generated.includes(key));
        const changed = keys.filter((key) => isChanged(before, after, key));
        const changes = changed.map((key): [string, model.PropertyChange] => [
            key,
            { kind: key in before ? (key in after ? "update" : "delete") : "add", replace: true },
        ]);
        return Promise.resolve({ changes: new Map(changes), deleteBeforeReplace: false });
    }

    create({ urn, inputs, preview }: model.CreateRequest): Promise<model.CreateResult> {
        const kind = kindOf(urn);
        const given: PropertyMap = { ...kind.defaults, ...inputs };
        if (preview) {
            const later = Object.fromEntries(kind.generated.map((key) => [key, unknown]));
            return Promise.resolve({ id: "", properties: { ...given, ...later } });
        }
        const { id, outputs } = kind.make(withoutSecrets(given));
        return Promise.resolve({ id, properties: { ...given, ...outputs } });
    }

    read({ urn, id, properties, inputs }: model.ReadRequest): Promise<model.ReadResult> {
        if (Object.keys(properties).length === 0) {
            throw new Error(
                `the lab's stand-in for the random provider cannot import ${typeOf(urn)} "${id}"`,
            );
        }
        return Promise.resolve({ id, properties, inputs });
    }

    update({ urn }: model.UpdateRequest): Promise<PropertyMap> {
        throw new Error(`${urn} is never updated: every change makes a new value`);
    }

    delete(): Promise<void> {
        return Promise.resolve();
    }
}

function kindOf(urn: string): RandomKind {
    const kind = randomKinds[typeOf(urn)];
    if (kind === undefined) {
        const known = Object.keys(randomKinds).join(", ");
        throw new Error(
            `${typeOf(urn)} is not part of the lab's stand-in for the random provider, which has ${known}`,
        );
    }
    return kind;
}

function isChanged(before: PropertyMap, after: PropertyMap, key: string): boolean {
    const [old = null, next = null] = [before[key], after[key]];
    return containsUnknowns(next) || JSON.stringify(sorted(old)) !== JSON.stringify(sorted(next));
}

/** `keepers` is a map: the order of its keys means nothing. */
function sorted(value: PropertyMap[string]): PropertyMap[string] {
    if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Unknown) {
        return value;
    }
    const entries = Object.entries(value as PropertyMap).sort(([a], [b]) => a.localeCompare(b));
    return mapValues(Object.fromEntries(entries), (inner) => sorted(inner));
}
