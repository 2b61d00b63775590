import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../support/dynamicResource";
import { connectionInput } from "../support/provider";
import type { DrainArgs } from "./drain";

export interface DeparturesArgs extends Omit<DrainArgs, "secret"> {
    /** Name of the cluster Secret on the hub, before it is made. */
    readonly secret: string;
    /** Names of the applications that have room on the cluster. */
    readonly applications: readonly string[];
}

/** Waits until Argo CD has removed an application that is to leave the cluster; see dynamic/departures.ts. */
export class Departures extends DynamicResource {
    constructor(name: string, args: DeparturesArgs, opts?: pulumi.CustomResourceOptions) {
        const connections = { hub: connectionInput(args.hub), spoke: connectionInput(args.spoke) };
        super("departures", name, { ...args, ...connections }, opts);
    }
}
