import { adoptedAnnotation, lastAppliedAnnotation, stackAnnotation } from "../clusters/names";
import type { KeptMetadata } from "../components/support/keptMetadata";
import { takeOver } from "../components/support/takeOver";

/** Metadata of an object, as an API server returns it. */
export interface Metadata {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly kind: string }[];
}

/** Annotations that are not the owner's but the program's own. */
const notKept = [adoptedAnnotation, stackAnnotation, ...Object.keys(takeOver)];

/** Whether an annotation holds a whole object, as the copies of `kubectl` and kapp do: a Secret with its contents. */
export function isCopy([key, value]: readonly [string, string]): boolean {
    return key === lastAppliedAnnotation || /"?kind"?:\s*"?Secret\b/.test(value);
}

/**
 * The labels and annotations that an adopted object keeps. The stack states them as its own: the provider takes over
 * what `kubectl` has set, and would remove what the program does not state.
 */
export function keptMetadata({ labels = {}, annotations = {} }: Metadata): KeptMetadata {
    const kept = Object.entries(annotations).filter((entry) => !notKept.includes(entry[0]) && !isCopy(entry));
    return { labels, annotations: Object.fromEntries(kept) };
}
