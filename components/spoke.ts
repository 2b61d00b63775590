import { Namespace } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import type { SpokeSettings } from "../settings";
import { ClusterSecret } from "./clusterSecret";
import type { HubOutputs } from "./hub";
import { ManagerAccount } from "./managerAccount";
import { clusterProvider } from "./provider";

export interface SpokeArgs {
    readonly settings: SpokeSettings;
    /** URL by which Argo CD reaches the spoke's API server. */
    readonly server: string;
    /** Name of the environment, which becomes a label and chooses the values file. */
    readonly environment: string;
    /** What the hub's stack says of itself. */
    readonly hub: HubOutputs;
    /** The hub's provider; the spoke's own is made here. */
    readonly hubProvider: pulumi.ProviderResource;
    /** The stack's full name, which the cluster Secret carries. */
    readonly stack: string;
}

/**
 * One spoke: on the spoke the agent's namespace and Argo CD's account, on the hub the cluster Secret.
 *
 * The Secret is made last and goes first, so Argo CD never holds a cluster that it cannot work with.
 */
export class Spoke extends pulumi.ComponentResource {
    /** Name of the cluster Secret on the hub. */
    readonly secretName: pulumi.Output<string>;

    constructor(name: string, args: SpokeArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:Spoke", name, {}, opts);

        const provider = clusterProvider(name, args.settings, { parent: this });
        const onSpoke = { parent: this, provider };
        const namespace = new Namespace(
            `${name}-agent-namespace`,
            { metadata: { name: args.hub.agentNamespace } },
            onSpoke,
        );
        const account = new ManagerAccount(
            `${name}-manager`,
            { namespaces: { [args.hub.agentNamespace]: namespace.metadata.name } },
            { parent: this, providers: [provider] },
        );
        const secret = new ClusterSecret(
            `${name}-cluster`,
            {
                namespace: args.hub.argoCdNamespace,
                clusterName: name,
                server: args.server,
                project: args.hub.agentProject,
                namespaces: [namespace.metadata.name],
                labels: { ...args.settings.labels, environment: args.environment },
                domain: args.settings.domain ?? `${name}.${args.hub.domain}`,
                stack: args.stack,
                config: {
                    bearerToken: account.token,
                    tlsClientConfig: {
                        insecure: false,
                        caData: account.ca.apply((pem) => Buffer.from(pem, "utf8").toString("base64")),
                    },
                },
            },
            { parent: this, providers: [args.hubProvider] },
        );

        this.secretName = secret.secretName;
        this.registerOutputs({ secretName: this.secretName });
    }
}
