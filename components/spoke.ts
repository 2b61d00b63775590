import * as pulumi from "@pulumi/pulumi";
import { accountName, clusterSecretName, shortStackName, spokeType } from "../clusters/names";
import type { AdoptedNamespaces, Adoption } from "./account/adoption";
import type { ClusterConnection } from "../settings/connection";
import { argoCdNameOf } from "../settings/argoCdName";
import { limitsOf } from "../settings/delivery";
import type { EnvironmentSettings, SpokeSettings } from "../settings/environment";
import { Proof } from "./account/proof";
import { ApplicationNamespace } from "./applications/namespace";
import { chosenFor, roomName } from "./applications/rooms";
import { AgentSecrets } from "./applications/secrets";
import type { Room } from "./account/grants";
import { besideRooms, rulesBeside, rulesOf } from "./account/rules";
import { Departures } from "./account/departures";
import { isServed } from "./watch/probePlan";
import { agentKey } from "../settings/agentKey";
import { pinOf } from "../settings/pins";
import { ClusterSecret } from "./account/clusterSecret";
import { Drain } from "./account/drain";
import type { HubOutputs } from "./hubOutputs";
import { ManagerAccount } from "./account/managerAccount";
import { PreviewAccess } from "./account/previewers";
import { readableOfSpoke } from "./account/readable";
import { Probes } from "./watch/probes";
import { quarantinedOptions } from "./support/quarantine";
import { clusterProvider, quarantinedProvider } from "./support/provider";
import { marked } from "./support/stackMark";
import { credentialFacts, type CredentialFacts } from "./account/credentialFacts";
import type { TokenFacts } from "./account/tokens";
import { audienceOf, clusterConfig } from "./account/clusterConfig";
import { ConnectionCheck } from "./account/connectionCheck";

export interface SpokeArgs {
    /** Settings of the cluster's environment. */
    readonly environment: EnvironmentSettings;
    /** The cluster's own settings. */
    readonly settings: SpokeSettings;
    /** URL by which Argo CD reaches the spoke's API server. */
    readonly server: string;
    /** UID of the cluster's namespace `kube-system`; undefined if it may not be read. */
    readonly uid?: string | undefined;
    /** Whether the cluster does not answer, and this run changes nothing on it. */
    readonly unreachable?: boolean;
    /** The outputs of the hub's stack. */
    readonly hub: HubOutputs;
    /** The hub's provider; this component creates the spoke's provider. */
    readonly hubProvider: pulumi.ProviderResource;
    /** The stack's full name, for the mark on every object. */
    readonly stack: string;
    /** The existing objects to adopt; undefined for a new cluster or one that this stack registered. */
    readonly adoption?: Adoption | undefined;
    /** Namespaces of applications that existed before the stack, by the application's name. */
    readonly adoptedNamespaces?: AdoptedNamespaces | undefined;
    /** Annotations that the adopted cluster Secret keeps. */
    readonly keptAnnotations?: Readonly<Record<string, string>> | undefined;
}

/**
 * One spoke: the applications' namespaces and Argo CD's account on the spoke, and the cluster Secret on the hub.
 *
 * The stack creates the Secret after it has checked the token, and deletes it after Argo CD has deleted its resources.
 * So Argo CD never has a cluster that it cannot use, and leaves no resources.
 */
export class Spoke extends pulumi.ComponentResource {
    /** Name of the cluster Secret on the hub. */
    readonly secretName: pulumi.Output<string>;
    /** Type and age of Argo CD's credential; never the credential itself. */
    readonly credential: CredentialFacts;

    constructor(name: string, args: SpokeArgs, opts?: pulumi.ComponentResourceOptions) {
        const kept = args.settings.quarantined ? quarantinedOptions(name, opts) : opts;
        super(spokeType, name, {}, marked(args.stack, kept));

        const { environment, settings, server, uid, hub, hubProvider, stack, adoption } = args;
        const { quarantined } = settings;
        const argoCdName = argoCdNameOf(name, settings);
        const provider = quarantined
            ? quarantinedProvider(name, { parent: this })
            : clusterProvider(name, settings, { parent: this });
        const chosen = chosenFor(hub, environment, settings);
        const names = chosen.map((application) => application.name);
        const departures = new Departures(
            `${name}-departures`,
            {
                hub: connectionOf(environment.hub),
                spoke: connectionOf(settings),
                namespace: hub.argoCdNamespace,
                secret: settings.clusterSecret ?? clusterSecretName(name),
                cluster: name,
                ...(argoCdName !== name && { argoCdName }),
                server,
                stack: shortStackName(stack),
                ...(!environment.protect && { lifted: true }),
                applications: names,
            },
            { parent: this, ignoreChanges: quarantined ? ["applications", "server"] : [] },
        );
        const rules = names.map(rulesOf);
        const syncAccounts = hub.impersonation !== "off";
        const rooms = chosen.map((application, index): Room & { readonly made: ApplicationNamespace } => {
            const isAgent = application.name === agentKey;
            const made = new ApplicationNamespace(
                roomName(name, application.name),
                {
                    application: application.name,
                    namespace: application.namespace,
                    limits: limitsOf(environment, application.name),
                    adopted: args.adoptedNamespaces?.[application.name],
                    shared: isAgent && settings.sharedNamespace,
                },
                { parent: this, providers: [provider] },
            );
            return {
                key: `${isAgent ? "-" : "."}${application.namespace}`,
                application: application.name,
                namespace: made.namespaceName,
                rules: rulesBeside(rules[index] ?? [], rules),
                clusterKinds: application.clusterKinds,
                made,
            };
        });
        const [first, ...others] = rooms;
        if (first === undefined) {
            throw new Error(`no application is for cluster ${name}`);
        }
        const beside = besideRooms(
            settings.permissions,
            chosen.map(({ namespace }) => namespace),
            rules,
            rules[names.indexOf(agentKey)] ?? [],
        );
        const account = new ManagerAccount(
            `${name}-manager`,
            {
                cluster: name,
                spoke: connectionOf(settings),
                quarantined,
                argoCdNamespace: hub.argoCdNamespace,
                rooms,
                beside,
                credentials: settings.credentials,
                permissions: settings.permissions,
                logs: environment.logs,
                syncAccounts,
            },
            { parent: this, providers: [provider], dependsOn: [departures] },
        );
        const agents = rooms.find(({ application }) => application === agentKey);
        const store =
            environment.secrets === undefined || agents === undefined
                ? []
                : [
                      new AgentSecrets(
                          `${name}-secrets`,
                          {
                              settings: environment.secrets,
                              namespace: agents.namespace,
                              environment: environment.environment,
                              cluster: name,
                          },
                          { parent: this, providers: [provider], dependsOn: [agents.made] },
                      ),
                  ];
        const preview =
            environment.previewers === undefined
                ? []
                : [
                      new PreviewAccess(
                          `${name}-preview`,
                          {
                              previewers: environment.previewers,
                              readable: readableOfSpoke(rooms, beside, settings, environment.secrets, syncAccounts),
                          },
                          { parent: this, providers: [provider], dependsOn: [account, ...store] },
                      ),
                  ];
        const { credentials } = settings;
        const audience =
            credentials.type === "federated" ? audienceOf(credentials, environment.environment) : undefined;
        const config = clusterConfig({
            ...settings,
            environment: environment.environment,
            token: account.token,
            ca: account.ca,
        });
        const proof = new Proof(
            `${name}-access`,
            {
                spoke: connectionOf(settings),
                cluster: name,
                connection: { server, tls: config.tlsClientConfig, proxyUrl: config.proxyUrl },
                // Undefined without it, so that a proof of the earlier version does not change.
                ...(settings.hubOnly && { hubOnly: true as const }),
                ...(account.tokens && { token: provable(account.tokens.current) }),
                ...(audience !== undefined && {
                    federated: { namespace: hub.argoCdNamespace, audience },
                    hub: connectionOf(environment.hub),
                }),
                target: first.namespace,
                // A new store can add kinds, which Argo CD finds only when it reads the cluster again.
                rights: [...account.rights, ...store.map(({ storeId }) => storeId)],
            },
            { parent: this, ignoreChanges: quarantined ? proofInputs : [] },
        );
        const domain = settings.domain ?? `${name}.${hub.domain}`;
        const secret = new ClusterSecret(
            `${name}-cluster`,
            {
                namespace: hub.argoCdNamespace,
                clusterName: argoCdName,
                ...(argoCdName !== name && { key: name }),
                annotations: args.keptAnnotations,
                secret: settings.clusterSecret,
                adopt: adoption && `${hub.argoCdNamespace}/${adoption.secret}`,
                server,
                project: hub.scoped ? first.application : undefined,
                namespaces: [
                    first.namespace,
                    ...others.map(({ namespace }) => namespace),
                    ...settings.permissions.namespaces,
                ],
                clusterResources:
                    settings.permissions.scope === "cluster" || rooms.some(({ clusterKinds }) => clusterKinds.length > 0),
                labels: { ...settings.labels, environment: environment.environment },
                domain,
                dnsDomain: settings.dnsDomain,
                applications: Object.fromEntries(hub.applications.map(({ name: one }) => [one, names.includes(one)])),
                pins: Object.fromEntries(names.map((application) => [application, pinOf(settings, application)])),
                secretStore: store.length > 0,
                syncAccounts,
                stack,
                token: account.tokens?.current,
                audience,
                refresh: proof.provenAt,
                uid,
                unprotected: !environment.protect,
                quarantined,
                unread: args.unreachable ?? false,
                config,
            },
            {
                parent: this,
                providers: [hubProvider],
                dependsOn: [...rooms.map(({ made }) => made), account, ...store],
            },
        );
        const connection = new ConnectionCheck(
            `${name}-connection`,
            {
                hub: environment.hub,
                namespace: hub.argoCdNamespace,
                project: first.application,
                target: chosen[0]?.namespace ?? "",
                cluster: name,
                argoCdName,
                server,
                timeout: environment.connectionTimeout,
                since: proof.provenAt,
                quarantined,
            },
            { parent: this, dependsOn: [secret] },
        );
        const probes = new Probes(
            `${name}-probes`,
            {
                hub,
                cluster: name,
                environment: environment.environment,
                region: settings.labels.region ?? "",
                server,
                domain,
                deployed: isServed(chosen, settings.labels),
                proxied: settings.proxyUrl !== undefined,
                probe: settings.probe,
                token: account.tokens?.current,
            },
            { parent: this, providers: [hubProvider] },
        );
        new Drain(
            `${name}-drain`,
            {
                hub: connectionOf(environment.hub),
                spoke: connectionOf(settings),
                namespace: hub.argoCdNamespace,
                secret: secret.secretName,
                cluster: name,
                ...(argoCdName !== name && { argoCdName }),
                server,
                stack: shortStackName(stack),
                // Undefined while protected, so that a drain of the earlier version does not change.
                ...(!environment.protect && { lifted: true }),
            },
            // It is deleted first, so that nothing is deleted on a cluster that may not be unregistered.
            { parent: this, dependsOn: [secret, account, connection, ...store, ...preview, probes] },
        );

        this.secretName = secret.secretName;
        this.credential = credentialFacts(credentials, account.tokens);
        this.registerOutputs({ secretName: this.secretName, credential: this.credential });
    }
}

/** What is not to be proven again of a cluster in quarantine. */
const proofInputs = ["spoke", "connection", "token", "federated", "hub", "target", "rights"];

/** How a token can be tried: read from its Secret, or requested for the account and the Secret to which it is bound. */
function provable({ secret, expires }: TokenFacts) {
    return { namespace: accountName, secret, ...(expires !== undefined && { account: accountName, expires }) };
}

function connectionOf({ context, kubeconfig }: ClusterConnection): ClusterConnection {
    return { context, kubeconfig };
}
