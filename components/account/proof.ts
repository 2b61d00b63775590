import type * as pulumi from "@pulumi/pulumi";
import type { ClusterConnection } from "../../settings/connection";
import type { ClusterConfig } from "./clusterConfig";
import { DynamicResource } from "../support/dynamicResource";
import { connectionInput } from "../support/provider";

export interface ProofArgs {
    readonly spoke: ClusterConnection;
    readonly cluster: string;
    /** How Argo CD will connect, without its credential. */
    readonly connection: {
        readonly server: string;
        readonly tls: ClusterConfig["tlsClientConfig"];
        readonly proxyUrl: string | undefined;
    };
    /** Whether only the hub reaches the server in that way. */
    readonly hubOnly?: true;
    /** Location of the token on the spoke; undefined for a cloud identity. */
    readonly token?: { readonly namespace: pulumi.Input<string>; readonly secret: pulumi.Input<string> };
    /** A namespace that the account must be able to read. */
    readonly target: pulumi.Input<string>;
    /** Versions and IDs of objects, which change with the account's rights or the kinds that these are for. */
    readonly rights: pulumi.Input<string>[];
}

/** Checks a new token, and records the time at which the account's rights changed; see dynamic/access.ts. */
export class Proof extends DynamicResource {
    /** Time of the last successful check, as RFC 3339 in whole seconds. */
    declare readonly provenAt: pulumi.Output<string>;

    constructor(name: string, args: ProofArgs, opts?: pulumi.CustomResourceOptions) {
        super("access", name, { ...args, spoke: connectionInput(args.spoke), provenAt: undefined }, opts);
    }
}
