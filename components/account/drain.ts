import type * as pulumi from "@pulumi/pulumi";
import type { ClusterConnection } from "../../settings/connection";
import type { EmptyingState } from "../../dynamic/emptying";
import { DynamicResource } from "../support/dynamicResource";
import { connectionInput } from "../support/provider";

type Given = "argoCdName" | "cluster" | "lifted" | "namespace" | "server" | "stack";

/** Inputs to unregister a cluster; the two connections are inputs because a kubeconfig in them is a secret. */
export interface DrainArgs extends Pick<EmptyingState, Given> {
    readonly hub: ClusterConnection;
    readonly spoke: ClusterConnection;
    /** Name of the cluster Secret on the hub. */
    readonly secret: pulumi.Input<string>;
}

/** Is deleted before the cluster Secret, and waits until Argo CD has deleted its resources; see dynamic/drain.ts. */
export class Drain extends DynamicResource {
    constructor(name: string, args: DrainArgs, opts?: pulumi.CustomResourceOptions) {
        super("drain", name, { ...args, hub: connectionInput(args.hub), spoke: connectionInput(args.spoke) }, opts);
    }
}
