import { Namespace, Secret } from "@pulumi/kubernetes/core/v1";
import { Release } from "@pulumi/kubernetes/helm/v3";
import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random";
import type { ChartSource } from "../settings";
import type { ArgoCdValues } from "./argoCdValues";
import { secretData } from "./secretData";

/** Chart and version used where the settings name none; supported versions: docs/upgrade.md. */
const defaultChart = { repository: "https://argoproj.github.io/argo-helm", version: "10.1.1" };

/** Limit of the chart's installation, in seconds; a first start pulls images on every node. */
const installTimeout = 600;

export interface ArgoCdArgs {
    /** Namespace that is made for Argo CD. */
    readonly namespace: string;
    readonly chart: ChartSource;
    readonly values: ArgoCdValues;
}

/** Argo CD on the hub: its namespace, the password of its Redis, and its Helm release. */
export class ArgoCd extends pulumi.ComponentResource {
    /** The namespace's name, known once Argo CD and its CRDs are there. */
    readonly namespace: pulumi.Output<string>;

    constructor(name: string, args: ArgoCdArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:ArgoCd", name, args, opts);

        const namespace = new Namespace(
            `${name}-namespace`,
            { metadata: { name: args.namespace } },
            { parent: this },
        );
        const redisPassword = new RandomPassword(
            `${name}-redis-password`,
            { length: 40, special: false },
            { parent: this, additionalSecretOutputs: ["result"] },
        );
        const redisSecret = new Secret(
            `${name}-redis`,
            {
                metadata: { name: "argocd-redis", namespace: namespace.metadata.name },
                data: secretData({ auth: redisPassword.result }),
            },
            { parent: this },
        );
        const release = new Release(
            `${name}-release`,
            {
                name: "argocd",
                namespace: namespace.metadata.name,
                ...chartArgs(args.chart),
                values: args.values,
                timeout: installTimeout,
            },
            { parent: this, dependsOn: [redisSecret] },
        );

        this.namespace = release.status.namespace;
        this.registerOutputs({ namespace: this.namespace });
    }
}

function chartArgs(source: ChartSource) {
    if (source.path !== undefined) {
        return { chart: source.path };
    }
    if (source.oci !== undefined) {
        return { chart: source.oci, version: source.version };
    }
    return {
        chart: "argo-cd",
        version: source.version ?? defaultChart.version,
        repositoryOpts: { repo: source.repository ?? defaultChart.repository },
    };
}
