import { containsUnknowns, isMap, mapValues, type PropertyMap, type Value } from "../../plugin/values";
import { isBuiltIn, parseApiVersion } from "./kinds";
import { stringAt, valueAt, type KubeObject } from "./object";

/** Fields of `metadata` that only the API server writes. */
const serverMetadata = [
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "uid",
];

/**
 * Fields of built-in kinds that the API server leaves out when they are false or 0, so that an input which sets
 * them so would differ for ever.
 */
const droppedWhenZero = new Set([
    "hostIPC",
    "hostNetwork",
    "hostPID",
    "minReadySeconds",
    "paused",
    "publishNotReadyAddresses",
    "readOnly",
    "stdin",
    "stdinOnce",
    "tty",
]);

/**
 * Brings inputs into the form in which the API server keeps them, so that equal things compare equal.
 * Objects of custom resources, and previews with unknowns, stay as they are but for read-only metadata.
 */
export function normalize(object: KubeObject): KubeObject {
    const known = isBuiltIn(parseApiVersion(stringAt(object, "apiVersion"), stringAt(object, "kind")));
    const normal = known && !containsUnknowns(object) ? normalizeKnown(object) : object;
    return withoutServerMetadata(normal);
}

function normalizeKnown(object: KubeObject): KubeObject {
    switch (`${stringAt(object, "apiVersion")}/${stringAt(object, "kind")}`) {
        case "v1/Secret":
            return normalizeSecret(object);
        case "apiextensions.k8s.io/v1/CustomResourceDefinition":
            return normalizeDefinition(object);
        default:
            return mapValues(object, withoutDropped);
    }
}

/** The API server keeps `stringData` as base64 in `data`, and rewrites `data` in canonical base64. */
function normalizeSecret(object: KubeObject): KubeObject {
    const { stringData, data, ...rest } = object;
    const plain = isMap(stringData) ? stringData : {};
    const encoded = mapValues(plain, (value) => Buffer.from(String(value), "utf8").toString("base64"));
    const kept = mapValues(isMap(data) ? data : {}, canonicalBase64);
    return isMap(data) || isMap(stringData) ? { ...rest, data: { ...kept, ...encoded } } : object;
}

function canonicalBase64(value: Value): Value {
    if (typeof value !== "string" || !/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(value)) {
        return value;
    }
    return Buffer.from(value, "base64").toString("base64");
}

function normalizeDefinition(object: KubeObject): KubeObject {
    const { status: _status, ...rest } = object;
    const spec = valueAt(rest, "spec");
    if (!isMap(spec) || spec.preserveUnknownFields !== false) {
        return rest;
    }
    const { preserveUnknownFields: _dropped, ...kept } = spec;
    return { ...rest, spec: kept };
}

function withoutDropped(value: Value): Value {
    if (Array.isArray(value)) {
        return value.map(withoutDropped);
    }
    if (!isMap(value)) {
        return value;
    }
    const kept = Object.entries(value).filter(([key, inner]) => {
        const zero = inner === false || inner === 0;
        return inner !== null && !(zero && droppedWhenZero.has(key));
    });
    return mapValues(Object.fromEntries(kept), withoutDropped);
}

function withoutServerMetadata(object: KubeObject): KubeObject {
    const { metadata } = object;
    if (!isMap(metadata)) {
        return object;
    }
    const kept: PropertyMap = Object.fromEntries(
        Object.entries(metadata).filter(([key]) => !serverMetadata.includes(key)),
    );
    return { ...object, metadata: kept };
}
