import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as pulumi from "@pulumi/pulumi";
import type { TrafficSettings } from "../../settings/traffic";
import { ExternalDns } from "./externalDns";
import { trafficEndpoint } from "./names";

export interface TrafficArgs {
    /** Argo CD's namespace on the hub. */
    readonly namespace: pulumi.Input<string>;
    /** The fleet's domain. */
    readonly domain: string;
    readonly settings: NonNullable<TrafficSettings>;
}

/** The users' DNS name of the agent, which external-dns on the hub publishes as an alias of the active cluster. */
export class Traffic extends pulumi.ComponentResource {
    constructor(name: string, { namespace, domain, settings }: TrafficArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:Traffic", name, {}, opts);

        const { externalDns } = settings;
        const publishers =
            externalDns.mode === "install"
                ? [new ExternalDns("external-dns", { domain, settings: externalDns }, { parent: this })]
                : [];
        new CustomResource(
            `${name}-endpoint`,
            trafficEndpoint(namespace, domain, settings),
            { parent: this, dependsOn: publishers },
        );
        this.registerOutputs();
    }
}
