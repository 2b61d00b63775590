import type * as pulumi from "@pulumi/pulumi";
import { stackAnnotation } from "../../clusters/names";

/** The metadata fields of a Kubernetes object that the mark needs. */
interface Metadata {
    readonly annotations?: Readonly<Record<string, pulumi.Input<string>>>;
}

/**
 * Options of a component that mark every Kubernetes object below it with the stack that creates it. An interrupted run
 * can leave an object that its state does not contain: `npm run recover` identifies it by the mark.
 *
 * @param stack the stack's full name
 */
export function marked(
    stack: string,
    opts: pulumi.ComponentResourceOptions | undefined,
): pulumi.ComponentResourceOptions {
    return { ...opts, transformations: [...(opts?.transformations ?? []), mark(stack)] };
}

function mark(stack: string): pulumi.ResourceTransformation {
    return ({ type, props, opts }) => {
        const { metadata, ...rest } = props as { metadata?: Metadata };
        // A resource with an ID from the start is read, not created.
        const isMade = type.startsWith("kubernetes:") && (opts as pulumi.CustomResourceOptions).id === undefined;
        if (!isMade || metadata === undefined) {
            return undefined;
        }
        const annotations = { ...metadata.annotations, [stackAnnotation]: stack };
        return { props: { ...rest, metadata: { ...metadata, annotations } }, opts };
    };
}
