import { createHash, randomBytes } from "node:crypto";
import { nameOf, type CheckRequest } from "../../plugin/provider";
import { Unknown } from "../../plugin/values";
import { annotated, annotations, isAnnotated } from "./annotations";
import { nameOfObject, valueAt, withMetadata, type KubeObject } from "./object";

/** Whether the object has a name, even one that a preview cannot know yet. */
export function isNamed(object: KubeObject): boolean {
    return nameOfObject(object) !== "" || valueAt(object, "metadata", "name") instanceof Unknown;
}

/** Whether the API server generates the name. */
export function hasGenerateName(object: KubeObject): boolean {
    const prefix = valueAt(object, "metadata", "generateName");
    return !isNamed(object) && (prefix instanceof Unknown || (typeof prefix === "string" && prefix !== ""));
}

/** Gives an unnamed object the generated name that it had in the last run, if it had one. */
export function withNameOfLastRun(object: KubeObject, lastInputs: KubeObject): KubeObject {
    return !isNamed(object) && isAnnotated(lastInputs, annotations.autonamed)
        ? annotated(withMetadata(object, "name", nameOfObject(lastInputs)), annotations.autonamed)
        : object;
}

/**
 * Gives an unnamed new object the name `<logical name>-<8 hex digits>`, or what the stack's autonaming
 * proposes.
 */
export function withGeneratedName(object: KubeObject, request: CheckRequest): KubeObject {
    if (isNamed(object) || hasGenerateName(object)) {
        return object;
    }
    if (request.autonaming?.disabled === true) {
        throw new Error("autonaming is disabled, resource requires the .metadata.name field to be set");
    }
    const name =
        request.autonaming?.proposedName ?? uniqueName(`${nameOf(request.urn)}-`, request.randomSeed);
    return annotated(withMetadata(object, "name", name), annotations.autonamed);
}

/**
 * A prefix with 8 hex digits: from the seed, so that a preview and its update agree, or random without
 * one.
 */
export function uniqueName(prefix: string, seed: Uint8Array): string {
    const source = seed.length === 0 ? randomBytes(32) : createHash("sha256").update(seed).digest();
    return prefix + source.toString("hex").slice(0, 8);
}
