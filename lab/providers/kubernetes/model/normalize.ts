import { containsUnknowns, isMap, mapValues, textOf, without, type PropertyMap, type Value } from "../../plugin/values";
import { apiVersionOf, isBuiltIn, parseApiVersion, type GroupVersionKind } from "./kinds";
import { stringAt, type KubeObject } from "./object";
import { canonicalQuantity, isQuantity, isQuantityMap } from "./quantity";
import { elementType, fieldsOf, typeOfKind, valueType } from "./schema";

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
 * sets them so would always differ.
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
 * Brings inputs into the form in which the API server keeps them, so that equal things compare equal. A field that
 * it does not know, or leaves out when it is empty, goes; a quantity becomes canonical. The official provider gets
 * that by way of Kubernetes' own types (clients/unstructured.go).
 * Objects of custom resources, and previews with unknowns, do not change, except for read-only metadata.
 */
export function normalize(object: KubeObject): KubeObject {
    const kind = parseApiVersion(stringAt(object, "apiVersion"), stringAt(object, "kind"));
    const normal = isBuiltIn(kind) && !containsUnknowns(object) ? normalizeKnown(object, kind) : object;
    return withoutServerMetadata(normal);
}

function normalizeKnown(object: KubeObject, kind: GroupVersionKind): KubeObject {
    switch (`${apiVersionOf(kind)}/${kind.kind}`) {
        case "v1/Secret":
            return normalizeSecret(object);
        case "apiextensions.k8s.io/v1/CustomResourceDefinition":
            return normalizeDefinition(object);
        default:
            return normalizeFields(object, typeOfKind(kind));
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

function normalizeValue(value: Value, type: string, name: string): Value {
    const [element, inner] = [elementType(type), valueType(type)];
    if (Array.isArray(value) && element !== undefined) {
        return value.map((each) => normalizeValue(each, element, ""));
    }
    if (isMap(value) && inner !== undefined) {
        return mapValues(value, (each) =>
            isQuantityMap(name) ? canonicalQuantity(each) : normalizeValue(each, inner, ""),
        );
    }
    if (isMap(value)) {
        return normalizeFields(value, type);
    }
    return isQuantity(name) ? canonicalQuantity(value) : value;
}

/** The fields that the type has and the API server does not leave out. Values of unknown types stay. */
function normalizeFields(object: PropertyMap, type: string): PropertyMap {
    const fields = fieldsOf(type);
    if (fields === undefined) {
        return object;
    }
    const kept = Object.entries(object).flatMap(([name, value]): [string, Value][] => {
        const fieldType = fields.get(name);
        const isKept = fieldType !== undefined && !isDropped(value, fieldType, name);
        return isKept ? [[name, normalizeValue(value, fieldType, name)]] : [];
    });
    return Object.fromEntries(kept);
}

function isDropped(value: Value, type: string, name: string): boolean {
    if (isMap(value)) {
        return Object.keys(value).length === 0 && valueType(type) !== undefined;
    }
    return Array.isArray(value)
        ? value.length === 0
        : value === null || ((value === false || value === 0) && droppedWhenZero.has(name));
}

function withoutServerMetadata(object: KubeObject): KubeObject {
    const { metadata } = object;
    return isMap(metadata) ? { ...object, metadata: without(metadata, ...serverMetadata) } : object;
}
