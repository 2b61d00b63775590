import type * as pulumi from "@pulumi/pulumi";
import type { ClusterConnection } from "../../settings/connection";
import { DynamicResource } from "../support/dynamicResource";
import { connectionInput } from "../support/provider";

export interface ProofArgs {
    readonly spoke: ClusterConnection;
    readonly cluster: string;
    /** Where the token stands on the spoke; nothing for a cloud identity. */
    readonly token?: { readonly namespace: pulumi.Input<string>; readonly secret: pulumi.Input<string> };
    /** A namespace that the account must be able to read. */
    readonly target: pulumi.Input<string>;
    /** What changes whenever the account's rights, or the kinds that they are for, do: versions and ids of objects. */
    readonly rights: pulumi.Input<string>[];
}

/** Proves a new token, and marks the time at which the account's rights changed; see dynamic/access.ts. */
export class Proof extends DynamicResource {
    /** When access was proven last, as RFC 3339 in whole seconds. */
    declare readonly provenAt: pulumi.Output<string>;

    constructor(name: string, args: ProofArgs, opts?: pulumi.CustomResourceOptions) {
        super("access", name, { ...args, spoke: connectionInput(args.spoke), provenAt: undefined }, opts);
    }
}
