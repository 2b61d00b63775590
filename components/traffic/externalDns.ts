import { Namespace, Secret } from "@pulumi/kubernetes/core/v1";
import { Release } from "@pulumi/kubernetes/helm/v3";
import * as pulumi from "@pulumi/pulumi";
import { secretData } from "../support/secretData";
import { chartSource } from "../support/chartSource";
import {
    externalDnsNamespace,
    externalDnsChart,
    type ExternalDnsSettings,
    externalDnsValues,
} from "./externalDnsValues";

export interface ExternalDnsArgs {
    /** The fleet's domain. */
    readonly domain: string;
    readonly settings: ExternalDnsSettings;
}

/** external-dns on the hub with its CRD; the provider's credentials are in a Secret, not in the chart's values. */
export class ExternalDns extends pulumi.ComponentResource {
    constructor(name: string, { domain, settings }: ExternalDnsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:ExternalDns", name, {}, opts);

        const namespace = new Namespace(
            `${name}-namespace`,
            { metadata: { name: externalDnsNamespace } },
            { parent: this },
        ).metadata.name;
        const secrets =
            Object.keys(settings.secretEnv).length === 0
                ? []
                : [
                      new Secret(
                          `${name}-secret`,
                          { metadata: { name: "external-dns", namespace }, data: secretData(settings.secretEnv) },
                          { parent: this },
                      ),
                  ];
        new Release(
            `${name}-release`,
            {
                name: "external-dns",
                namespace,
                ...chartSource(settings.chart, externalDnsChart),
                values: externalDnsValues(settings, domain),
            },
            { parent: this, dependsOn: secrets },
        );
        this.registerOutputs();
    }
}
