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

/** Annotations that are not the owner's: the program's own, and `kubectl`'s copy of the object. */
const notKept = [adoptedAnnotation, lastAppliedAnnotation, stackAnnotation, ...Object.keys(takeOver)];

/**
 * The labels and annotations that an adopted object keeps. The stack states them as its own: the provider takes over
 * what `kubectl` has set, and would remove what the program does not state.
 */
export function keptMetadata({ labels = {}, annotations = {} }: Metadata): KeptMetadata {
    const kept = Object.entries(annotations).filter(([key]) => !notKept.includes(key));
    return { labels, annotations: Object.fromEntries(kept) };
}
