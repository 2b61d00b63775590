import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { Asset, isMap, mapValues, Secret, Unknown, unknown, type PropertyMap, type Value } from "./values";

/**
 * The engine's encoding of property values in a protobuf Struct.
 * The constants are those of the Go SDK (`sdk/go/common/resource/sig` and `resource/plugin/rpc.go`).
 */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const resourceSignature = "5cf8f73096256a8f31e491e813e4eb8e";
const unknownMarks = new Set([
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);
const unknownMark = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Reads a Struct of the engine. An absent one is an empty map. */
export function fromStruct(struct: Struct | undefined): PropertyMap {
    return struct === undefined ? {} : mapValues(struct.toJavaScript(), decode);
}

/** Writes a map for the engine. */
export function toStruct(map: PropertyMap): Struct {
    return Struct.fromJavaScript(encodeMap(map));
}

function decode(value: Value): Value {
    if (typeof value === "string") {
        return unknownMarks.has(value) ? unknown : value;
    }
    if (Array.isArray(value)) {
        return value.map(decode);
    }
    if (!isMap(value)) {
        return value;
    }
    const signature = value[signatureKey];
    return typeof signature === "string" ? decodeSigned(signature, value) : mapValues(value, decode);
}

function decodeSigned(signature: string, value: PropertyMap): Value {
    switch (signature) {
        case secretSignature:
            return new Secret(decode(value.value ?? null));
        case outputSignature:
            return decodeOutput(value);
        case resourceSignature:
            return decode(value.id ?? value.urn ?? null);
        default:
            return new Asset(value);
    }
}

function decodeOutput(output: PropertyMap): Value {
    const inner = output.value === undefined ? unknown : decode(output.value);
    return output.secret === true ? new Secret(inner) : inner;
}

function encodeMap(map: PropertyMap): Record<string, JavaScriptValue> {
    return Object.fromEntries(
        Object.entries(map)
            .filter(([, value]: [string, Value | undefined]) => value !== undefined)
            .map(([key, value]) => [key, encode(value)]),
    );
}

function encode(value: Value): JavaScriptValue {
    if (value instanceof Secret) {
        return { [signatureKey]: secretSignature, value: encode(value.value) };
    }
    if (value instanceof Unknown) {
        return unknownMark;
    }
    if (value instanceof Asset) {
        return encodeMap(value.fields);
    }
    if (Array.isArray(value)) {
        return value.map(encode);
    }
    return isMap(value) ? encodeMap(value) : value;
}
