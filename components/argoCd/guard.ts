import type * as pulumi from "@pulumi/pulumi";
import type { GuardState } from "../../dynamic/guard";
import { DynamicResource } from "../support/dynamicResource";
import { connectionInput } from "../support/provider";

export interface GuardArgs extends Pick<GuardState, "hub" | "stack"> {
    /** Argo CD's namespace on the hub. */
    readonly namespace: pulumi.Input<string>;
}

/**
 * Refuses to destroy the hub while clusters are registered, because all their agents would be deleted too. It depends
 * on the whole hub, so it is deleted first; if it refuses, nothing else changes. See dynamic/guard.ts.
 */
export class Guard extends DynamicResource {
    constructor(name: string, args: GuardArgs, opts?: pulumi.CustomResourceOptions) {
        super("guard", name, { ...args, hub: connectionInput(args.hub) }, opts);
    }
}
