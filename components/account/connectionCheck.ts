import type * as pulumi from "@pulumi/pulumi";
import type { ConnectionInputs } from "../../dynamic/connection";
import type { ClusterConnection } from "../../settings/connection";
import { DynamicResource } from "../support/dynamicResource";
import { connectionInput } from "../support/provider";

export interface ConnectionCheckArgs extends Pick<ConnectionInputs, "cluster" | "argoCdName" | "target" | "server" | "timeout"> {
    readonly hub: ClusterConnection;
    /** Argo CD's namespace on the hub. */
    readonly namespace: pulumi.Input<string>;
    readonly project: pulumi.Input<string>;
    /** Time at which the connection or the credential was new; a later one checks again. */
    readonly since: pulumi.Input<string>;
    readonly quarantined: boolean;
}

/** Waits until Argo CD on the hub has connected to a cluster that is registered; see dynamic/connection.ts. */
export class ConnectionCheck extends DynamicResource {
    constructor(name: string, { hub, quarantined, ...args }: ConnectionCheckArgs, opts?: pulumi.CustomResourceOptions) {
        const skip = quarantined ? { skip: true } : {};
        super("connection", name, { ...args, ...skip, hub: connectionInput(hub) }, opts);
    }
}
