import * as pulumi from "@pulumi/pulumi";
import { accountName } from "../clusters/names";
import type { NamespaceLimits } from "../settings/delivery";
import type { Previewers } from "../settings/previewers";
import type { SecretsSettings } from "../settings/secrets";
import type { Adoption } from "./account/adoption";
import type { ClusterConnection } from "../settings/connection";
import type { SpokeSettings } from "../settings/environment";
import { Access } from "./account/proof";
import { AgentNamespace } from "./agent/namespace";
import { AgentSecrets } from "./agent/secrets";
import { ClusterSecret } from "./account/clusterSecret";
import { Drain } from "./account/drain";
import type { HubOutputs } from "./hub";
import { ManagerAccount } from "./account/managerAccount";
import { PreviewAccess } from "./account/previewers";
import { Probes } from "./watch/probes";
import { clusterProvider } from "./support/provider";
import { marked } from "./support/stackMark";
import { credentialFacts, type CredentialFacts } from "./account/credentialFacts";
import { clusterConfig } from "./account/clusterConfig";

export interface SpokeArgs {
    readonly settings: SpokeSettings;
    /** URL by which Argo CD reaches the spoke's API server. */
    readonly server: string;
    /** Name of the environment, which becomes a label and chooses the values file. */
    readonly environment: string;
    /** Limits of the agent's namespace. */
    readonly namespace: NamespaceLimits;
    /** Where the agent's secrets come from; nothing where it has none. */
    readonly secrets: SecretsSettings | undefined;
    /** Who may read what the stack makes on the spoke, and change nothing. */
    readonly previewers?: Previewers | undefined;
    /** What the hub's stack says of itself. */
    readonly hub: HubOutputs;
    /** How the hub is reached. */
    readonly hubAccess: ClusterConnection;
    /** The hub's provider; the spoke's own is made here. */
    readonly hubProvider: pulumi.ProviderResource;
    /** The stack's full name, which everything that is made carries. */
    readonly stack: string;
    /** What of it stands already and is taken over; nothing for a cluster that is new or the stack's own. */
    readonly adoption?: Adoption | undefined;
}

/**
 * One spoke: on the spoke the agent's namespace and Argo CD's account, on the hub the cluster Secret.
 *
 * The Secret is made when a token is proven, and goes when Argo CD has removed what it delivered; so Argo CD never
 * holds a cluster that it cannot work with, and leaves nothing behind.
 */
export class Spoke extends pulumi.ComponentResource {
    /** Name of the cluster Secret on the hub. */
    readonly secretName: pulumi.Output<string>;
    /** What kind of credential Argo CD holds, and since when; never the credential. */
    readonly credential: CredentialFacts;

    constructor(name: string, args: SpokeArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:Spoke", name, {}, marked(args.stack, opts));

        const provider = clusterProvider(name, args.settings, { parent: this });
        const namespace = new AgentNamespace(
            `${name}-agent`,
            {
                namespace: args.hub.agentNamespace,
                limits: args.namespace,
                adopt: args.adoption?.namespaceExists ?? false,
            },
            { parent: this, providers: [provider] },
        );
        const account = new ManagerAccount(
            `${name}-manager`,
            {
                namespaces: { [args.hub.agentNamespace]: namespace.namespaceName },
                credentials: args.settings.credentials,
                permissions: args.settings.permissions,
            },
            { parent: this, providers: [provider] },
        );
        const store =
            args.secrets === undefined
                ? []
                : [
                      new AgentSecrets(
                          `${name}-secrets`,
                          {
                              settings: args.secrets,
                              namespace: namespace.namespaceName,
                              environment: args.environment,
                              cluster: name,
                          },
                          { parent: this, providers: [provider], dependsOn: [namespace] },
                      ),
                  ];
        if (args.previewers !== undefined) {
            const own = { account: { namespace: accountName, rules: "account" } } as const;
            new PreviewAccess(
                `${name}-preview`,
                {
                    previewers: args.previewers,
                    namespaces: {
                        agent: { namespace: namespace.namespaceName, rules: "agent" },
                        ...(account.tokens && own),
                    },
                    hub: false,
                },
                { parent: this, providers: [provider], dependsOn: [account] },
            );
        }
        const proof = new Access(
            `${name}-access`,
            {
                spoke: accessOf(args.settings),
                cluster: name,
                ...(account.tokens && { token: { namespace: accountName, secret: account.tokens.current.secret } }),
                target: namespace.namespaceName,
                // A new store may bring new kinds, which Argo CD only finds when it reads the cluster anew.
                rights: [...account.rights, ...store.map(({ storeId }) => storeId)],
            },
            { parent: this },
        );
        const domain = args.settings.domain ?? `${name}.${args.hub.domain}`;
        const secret = new ClusterSecret(
            `${name}-cluster`,
            {
                namespace: args.hub.argoCdNamespace,
                clusterName: name,
                secret: args.settings.clusterSecret,
                adopt: args.adoption && `${args.hub.argoCdNamespace}/${args.adoption.secret}`,
                server: args.server,
                project: args.hub.agentProject,
                ...(args.settings.permissions.scope === "namespaces" && { namespaces: [namespace.namespaceName] }),
                labels: { ...args.settings.labels, environment: args.environment },
                domain,
                dnsDomain: args.settings.dnsDomain,
                revision: args.settings.revision,
                secretStore: args.secrets !== undefined,
                stack: args.stack,
                token: account.tokens?.current,
                refresh: proof.provenAt,
                config: clusterConfig({ ...args.settings, token: account.token, ca: account.ca }),
            },
            { parent: this, providers: [args.hubProvider], dependsOn: [namespace, account, ...store] },
        );
        new Probes(
            `${name}-probes`,
            {
                hub: args.hub,
                cluster: name,
                environment: args.environment,
                region: args.settings.labels.region ?? "",
                server: args.server,
                domain,
                deployed: args.settings.labels.deploy === "true",
                proxied: args.settings.proxyUrl !== undefined,
                probe: args.settings.probe,
                since: account.tokens?.current.created,
            },
            { parent: this, providers: [args.hubProvider] },
        );
        new Drain(
            `${name}-drain`,
            {
                hub: accessOf(args.hubAccess),
                spoke: accessOf(args.settings),
                namespace: args.hub.argoCdNamespace,
                secret: secret.secretName,
                cluster: name,
                server: args.server,
                stack: args.stack.split("/").at(-1) ?? args.stack,
            },
            { parent: this, dependsOn: [secret, account, ...store] },
        );

        this.secretName = secret.secretName;
        this.credential = credentialFacts(args.settings.credentials, account.tokens);
        this.registerOutputs({ secretName: this.secretName, credential: this.credential });
    }
}

function accessOf({ context, kubeconfig }: ClusterConnection): ClusterConnection {
    return { context, kubeconfig };
}
