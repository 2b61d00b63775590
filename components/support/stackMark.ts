import type * as pulumi from "@pulumi/pulumi";
import { stackAnnotation } from "../../clusters/names";

/** Metadata of a Kubernetes object, as far as the mark needs it. */
interface Metadata {
    readonly annotations?: Readonly<Record<string, pulumi.Input<string>>>;
}

/**
 * Options of a component, with which every Kubernetes object below it carries the stack that makes it. A run that was
 * cut off may leave an object that its state does not know: by the mark `npm run recover` tells it from another's.
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
        // What has an id from the start is read, not made.
        const isMade = type.startsWith("kubernetes:") && (opts as pulumi.CustomResourceOptions).id === undefined;
        if (!isMade || metadata === undefined) {
            return undefined;
        }
        const annotations = { ...metadata.annotations, [stackAnnotation]: stack };
        return { props: { ...rest, metadata: { ...metadata, annotations } }, opts };
    };
}
