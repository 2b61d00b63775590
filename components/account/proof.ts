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
    /** Location of the token on the spoke, or of the Secret to which a token of `account` is bound until `expires`. */
    readonly token?:
        | {
              readonly namespace: pulumi.Input<string>;
              readonly secret: pulumi.Input<string>;
              readonly account?: string;
              readonly expires?: pulumi.Input<string>;
          }
        | undefined;
    /** Argo CD's namespace on the hub, and the audience of its tokens, for a spoke that trusts the hub's issuer. */
    readonly federated?: { readonly namespace: string; readonly audience: string } | undefined;
    /** The hub, with `federated`. */
    readonly hub?: ClusterConnection | undefined;
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
        const connections = { spoke: connectionInput(args.spoke), ...(args.hub && { hub: connectionInput(args.hub) }) };
        super("access", name, { ...args, ...connections, provenAt: undefined }, opts);
    }
}
