import { containsUnknowns, isMap, mapValues, textOf, without, type Value } from "../../plugin/values";
import { isBuiltIn, parseApiVersion } from "./kinds";
import { stringAt, type KubeObject } from "./object";

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
 * Fields of built-in kinds that the API server leaves out when they are false or 0, so that an input which
 * sets them so would differ for ever.
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

/** Maps of built-in kinds that the API server leaves out when they are empty; it does so with every list. */
const droppedWhenEmpty = new Set([
    "annotations",
    "binaryData",
    "data",
    "hard",
    "labels",
    "limits",
    "matchLabels",
    "nodeSelector",
    "requests",
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
    const encoded = mapValues(plain, (value) => Buffer.from(textOf(value), "utf8").toString("base64"));
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
    const rest = without(object, "status");
    const { spec } = rest;
    return isMap(spec) && spec.preserveUnknownFields === false
        ? { ...rest, spec: without(spec, "preserveUnknownFields") }
        : rest;
}

function withoutDropped(value: Value): Value {
    if (Array.isArray(value)) {
        return value.map(withoutDropped);
    }
    if (!isMap(value)) {
        return value;
    }
    const kept = Object.entries(value).filter(([key, inner]) => !isDropped(key, inner));
    return mapValues(Object.fromEntries(kept), withoutDropped);
}

function isDropped(key: string, value: Value): boolean {
    if (isMap(value)) {
        return Object.keys(value).length === 0 && droppedWhenEmpty.has(key);
    }
    return Array.isArray(value)
        ? value.length === 0
        : value === null || ((value === false || value === 0) && droppedWhenZero.has(key));
}

function withoutServerMetadata(object: KubeObject): KubeObject {
    const { metadata } = object;
    return isMap(metadata) ? { ...object, metadata: without(metadata, ...serverMetadata) } : object;
}
