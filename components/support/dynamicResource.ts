import * as pulumi from "@pulumi/pulumi";
import type * as kinds from "../../dynamic";

/**
 * A resource that a file in dynamic/ implements, in Pulumi's dynamic provider.
 *
 * `pulumi.dynamic.Resource` writes the serialized code with its closure into the state, so that another version of a
 * compiler or a package changes every such resource. Here the state contains one line that loads the file from the
 * checkout in which `pulumi` runs, also for a `destroy`. The engine and `@pulumi/pulumi/cmd/dynamic-provider` identify
 * a dynamic resource by `__provider` and the type's prefix. A change of that line is ignored: it would replace the
 * resource, and the deletion of a drain deletes the resources on its cluster.
 */
export abstract class DynamicResource extends pulumi.CustomResource {
    protected constructor(
        kind: keyof typeof kinds,
        name: string,
        inputs: pulumi.Inputs,
        opts?: pulumi.CustomResourceOptions,
    ) {
        const load = `require("tsx/cjs"); exports.handler = () => require(process.cwd() + "/dynamic/index.ts").${kind};`;
        super(typeOf(kind), name, { ...inputs, __provider: load }, {
            ...opts,
            ignoreChanges: ["__provider", ...(opts?.ignoreChanges ?? [])],
        });
    }
}

/** The type of a dynamic resource in the state. */
export function typeOf(kind: keyof typeof kinds): string {
    return `pulumi-nodejs:dynamic/hubspoke:${kind}`;
}
