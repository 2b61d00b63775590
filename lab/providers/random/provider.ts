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
import { refusals } from "./check";
import { randomKinds, type RandomKind } from "./resources";

/**
 * RandomPassword, RandomString, RandomId and RandomBytes. A value is generated once; any changed input, for example
 * `keepers`, generates a new one.
 */
export class RandomProvider implements model.ResourceProvider {
    check({ urn, news }: model.CheckRequest): Promise<model.CheckResult> {
        const failures = refusals(urn, kindOf(urn).checks, news).map((reason) => ({ property: "", reason }));
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
        const plain = withoutSecrets(given);
        const { id, outputs } = kind.outputs(kind.make(plain), plain);
        return Promise.resolve({ id, properties: { ...given, ...outputs } });
    }

    read({ urn, id, properties, inputs }: model.ReadRequest): Promise<model.ReadResult> {
        if (Object.keys(properties).length > 0) {
            return Promise.resolve({ id, properties, inputs });
        }
        const kind = kindOf(urn);
        const imported = kind.parse(id);
        const made = kind.outputs(imported.value, imported.inputs);
        const whole = { ...kind.defaults, ...imported.inputs, ...made.outputs };
        return Promise.resolve({ id: made.id, properties: whole, inputs: imported.inputs });
    }

    update({ urn }: model.UpdateRequest): Promise<PropertyMap> {
        throw new Error(`${urn} is never updated: every change generates a new value`);
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
