import type * as pulumi from "@pulumi/pulumi";
import type { GuardState } from "../../dynamic/guard";
import { DynamicResource } from "../support/dynamicResource";
import { connectionInput } from "../support/provider";

export interface GuardArgs extends Pick<GuardState, "hub" | "stack"> {
    /** Argo CD's namespace on the hub. */
    readonly namespace: pulumi.Input<string>;
}

/**
 * Refuses that the hub is destroyed while clusters are registered, whose agents would all go with it. Given all of the
 * hub as dependencies it is deleted first, so when it refuses, nothing else is touched; see dynamic/guard.ts.
 */
export class Guard extends DynamicResource {
    constructor(name: string, args: GuardArgs, opts?: pulumi.CustomResourceOptions) {
        super("guard", name, { ...args, hub: connectionInput(args.hub) }, opts);
    }
}
