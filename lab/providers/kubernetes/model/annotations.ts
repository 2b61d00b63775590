import { isMap, type Value } from "../../plugin/values";
import { stringAt, valueAt, withMetadata, type KubeObject } from "./object";

/** Annotations with which a program steers the provider; they are those of the official one. */
export const annotations = {
    autonamed: "pulumi.com/autonamed",
    skipAwait: "pulumi.com/skipAwait",
    waitFor: "pulumi.com/waitFor",
    timeoutSeconds: "pulumi.com/timeoutSeconds",
    patchForce: "pulumi.com/patchForce",
    patchFieldManager: "pulumi.com/patchFieldManager",
    deletionPropagation: "pulumi.com/deletionPropagationPolicy",
} as const;

/** Value of an annotation, or "". */
export function annotation(object: KubeObject, key: string): string {
    return stringAt(object, "metadata", "annotations", key);
}

/** Whether an annotation is "true". */
export function isAnnotated(object: KubeObject, key: string): boolean {
    return annotation(object, key) === "true";
}

/** A copy with one annotation set to "true". Unknown metadata or annotations are left alone. */
export function annotated(object: KubeObject, key: string): KubeObject {
    const metadata: Value | undefined = valueAt(object, "metadata");
    const existing = valueAt(object, "metadata", "annotations");
    if ((metadata !== undefined && !isMap(metadata)) || (existing !== undefined && !isMap(existing))) {
        return object;
    }
    return withMetadata(object, "annotations", { ...(existing ?? {}), [key]: "true" });
}

/** Time limit of an operation in milliseconds: the resource option, else the annotation, else ten minutes. */
export function timeLimit(optionSeconds: number, object: KubeObject): number {
    const annotated = Number.parseInt(annotation(object, annotations.timeoutSeconds), 10);
    const seconds = optionSeconds > 0 ? optionSeconds : Number.isNaN(annotated) ? 600 : annotated;
    return seconds * 1000;
}
