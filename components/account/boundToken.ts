import * as pulumi from "@pulumi/pulumi";
import type { BoundTokenInputs } from "../../dynamic/renewal";
import type { ClusterConnection } from "../../settings/connection";
import { DynamicResource } from "../support/dynamicResource";
import { connectionInput } from "../support/provider";

export interface BoundTokenArgs extends Pick<BoundTokenInputs, "cluster" | "lifetime"> {
    readonly spoke: ClusterConnection;
    readonly namespace: pulumi.Input<string>;
    readonly account: pulumi.Input<string>;
    readonly secret: pulumi.Input<string>;
    readonly quarantined: boolean;
}

/** A token that ends, and that an `up` renews; see dynamic/boundToken.ts. */
export class BoundToken extends DynamicResource {
    /** A secret. */
    declare readonly token: pulumi.Output<string>;
    /** Times at which it was made and at which it ends, as RFC 3339. */
    declare readonly created: pulumi.Output<string>;
    declare readonly expires: pulumi.Output<string>;

    constructor(name: string, { spoke, quarantined, ...args }: BoundTokenArgs, opts?: pulumi.CustomResourceOptions) {
        const skip = quarantined ? { skip: true } : {};
        const outputs = { token: undefined, created: undefined, expires: undefined };
        const secret = { additionalSecretOutputs: ["token"] };
        super("boundToken", name, { ...args, ...skip, ...outputs, spoke: connectionInput(spoke) }, pulumi.mergeOptions(opts, secret));
    }
}
