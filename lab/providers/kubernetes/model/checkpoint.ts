import { isMap, withoutSecrets, type PropertyMap, type Value } from "../../plugin/values";
import type { KubeObject } from "./object";
import { markSecrets } from "./secrets";

/** Keys of a custom resource definition's schema, which the SDKs cannot spell with dashes. */
const dashedKeys = [
    "x-kubernetes-embedded-resource",
    "x-kubernetes-int-or-string",
    "x-kubernetes-list-map-keys",
    "x-kubernetes-list-type",
    "x-kubernetes-map-type",
    "x-kubernetes-preserve-unknown-fields",
    "x-kubernetes-validations",
];
const toUnderscores = new Map(dashedKeys.map((key) => [key, key.replaceAll("-", "_")]));
const toDashes = new Map(dashedKeys.map((key) => [key.replaceAll("-", "_"), key]));

/** What the engine's state holds of an object. The layout is the official provider's. */
export interface Checkpoint {
    /** Inputs of the last run. */
    readonly inputs: KubeObject;
    /** The object as the API server last returned it. */
    readonly live: KubeObject;
    /** Name under which the provider owns fields; undefined in a state that lacks it. */
    readonly fieldManager: string | undefined;
    readonly initialApiVersion: string | undefined;
}

/** Writes state: the live object, and beside it what the next run needs. */
export function toState(
    inputs: KubeObject,
    live: KubeObject,
    /** Inputs with their secrets, whose secretness the state keeps. */
    fromInputs: PropertyMap,
    fieldManager: string,
    initialApiVersion: string,
): PropertyMap {
    return {
        ...markSecrets(rename(live, toUnderscores), fromInputs),
        __inputs: markSecrets(rename(inputs, toUnderscores), fromInputs),
        __initialApiVersion: initialApiVersion,
        __fieldManager: fieldManager,
    };
}

/** Reads state that {@link toState} or the official provider wrote. */
export function fromState(state: PropertyMap): Checkpoint {
    const { __inputs, __fieldManager, __initialApiVersion, ...live } = fromProperties(state);
    return {
        inputs: isMap(__inputs) ? __inputs : {},
        live,
        fieldManager: typeof __fieldManager === "string" ? __fieldManager : undefined,
        initialApiVersion: typeof __initialApiVersion === "string" ? __initialApiVersion : undefined,
    };
}

/** Inputs of a program as the API server wants them: no secret marks, schema keys with dashes. */
export function fromProperties(properties: PropertyMap): KubeObject {
    return rename(withoutSecrets(properties), toDashes);
}

/** An object as inputs of a program, with schema keys that the SDKs can spell. */
export function toProperties(object: KubeObject): PropertyMap {
    return rename(object, toUnderscores);
}

function rename(map: PropertyMap, names: ReadonlyMap<string, string>): PropertyMap {
    return Object.fromEntries(
        Object.entries(map).map(([key, value]) => [names.get(key) ?? key, renameInside(value, names)]),
    );
}

function renameInside(value: Value, names: ReadonlyMap<string, string>): Value {
    if (Array.isArray(value)) {
        return value.map((element) => renameInside(element, names));
    }
    return isMap(value) ? rename(value, names) : value;
}
