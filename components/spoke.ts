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
import { besideRooms, type PolicyRule, rulesBeside, rulesOf } from "./account/rules";
import { Departures } from "./account/departures";
import { isServed } from "./watch/probePlan";
import { agentKey } from "../settings/agentKey";
import { pinOf } from "../settings/pins";
import { ClusterSecret } from "./account/clusterSecret";
import { Drain } from "./account/drain";
import type { HubApplication, HubOutputs } from "./hubOutputs";
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

    constructor(
        private readonly name: string,
        private readonly args: SpokeArgs,
        opts?: pulumi.ComponentResourceOptions,
    ) {
        const kept = args.settings.quarantined ? quarantinedOptions(name, opts) : opts;
        super(spokeType, name, {}, marked(args.stack, kept));

        const { environment, settings, hub } = args;
        const provider = settings.quarantined
            ? quarantinedProvider(name, { parent: this })
            : clusterProvider(name, settings, { parent: this });
        const onSpoke = { parent: this, providers: [provider] };
        const chosen = chosenFor(hub, environment, settings);
        const departures = this.departures(chosen);
        const rules = chosen.map((application) => rulesOf(application.name));
        const [first, ...others] = chosen.map((application, index) => {
            return this.room(application, rulesBeside(rules[index] ?? [], rules), onSpoke);
        });
        if (first === undefined) {
            throw new Error(`no application is for cluster ${name}`);
        }
        const rooms: MadeRooms = [first, ...others];
        const namespaces = chosen.map(({ namespace }) => namespace);
        const agentRules = rules[chosen.findIndex((application) => application.name === agentKey)] ?? [];
        const beside = besideRooms(settings.permissions, namespaces, rules, agentRules);
        const account = this.account(rooms, beside, { ...onSpoke, dependsOn: [departures] });
        const store = this.store(rooms, onSpoke);
        const preview = this.previewAccess(rooms, beside, { ...onSpoke, dependsOn: [account, ...store] });
        const config = clusterConfig({
            ...settings,
            environment: environment.environment,
            token: account.token,
            ca: account.ca,
        });
        const proof = this.proof(account, config, first.namespace, store);
        const secret = this.clusterSecret(rooms, account, config, proof, store);
        const connection = this.connectionCheck(chosen, proof, secret);
        const probes = this.probes(chosen, account);
        // It is deleted first, so that nothing is deleted on a cluster that may not be unregistered.
        this.drain(secret, [account, connection, ...store, ...preview, probes]);

        this.secretName = secret.secretName;
        this.credential = credentialFacts(settings.credentials, account.tokens);
        this.registerOutputs({ secretName: this.secretName, credential: this.credential });
    }

    /** Where Argo CD on the hub and the cluster are, and what the cluster is called there. */
    private place() {
        const { environment, settings, server, hub, stack } = this.args;
        const argoCdName = argoCdNameOf(this.name, settings);
        return {
            hub: connectionOf(environment.hub),
            spoke: connectionOf(settings),
            namespace: hub.argoCdNamespace,
            cluster: this.name,
            ...(argoCdName !== this.name && { argoCdName }),
            server,
            stack: shortStackName(stack),
            // Undefined while protected, so that a drain of the earlier version does not change.
            ...(!environment.protect && { lifted: true as const }),
        };
    }

    private departures(chosen: readonly HubApplication[]): Departures {
        const { quarantined, clusterSecret = clusterSecretName(this.name) } = this.args.settings;
        return new Departures(
            `${this.name}-departures`,
            { ...this.place(), secret: clusterSecret, applications: chosen.map(({ name }) => name) },
            { parent: this, ignoreChanges: quarantined ? ["applications", "server"] : [] },
        );
    }

    private room(application: HubApplication, rules: PolicyRule[], opts: pulumi.ComponentResourceOptions): MadeRoom {
        const { environment, settings, adoptedNamespaces } = this.args;
        const isAgent = application.name === agentKey;
        const made = new ApplicationNamespace(
            roomName(this.name, application.name),
            {
                application: application.name,
                namespace: application.namespace,
                limits: limitsOf(environment, application.name),
                adopted: adoptedNamespaces?.[application.name],
                shared: isAgent && settings.sharedNamespace,
            },
            opts,
        );
        return {
            key: `${isAgent ? "-" : "."}${application.namespace}`,
            application: application.name,
            namespace: made.namespaceName,
            rules,
            clusterKinds: application.clusterKinds,
            made,
        };
    }

    private account(
        rooms: readonly MadeRoom[],
        beside: ReturnType<typeof besideRooms>,
        opts: pulumi.ComponentResourceOptions,
    ): ManagerAccount {
        const { environment, settings, hub } = this.args;
        return new ManagerAccount(
            `${this.name}-manager`,
            {
                cluster: this.name,
                spoke: connectionOf(settings),
                quarantined: settings.quarantined,
                argoCdNamespace: hub.argoCdNamespace,
                rooms,
                beside,
                credentials: settings.credentials,
                permissions: settings.permissions,
                logs: environment.logs,
                syncAccounts: hub.impersonation !== "off",
            },
            opts,
        );
    }

    /** The store of the agent's Secrets; none where the environment has none, or the cluster does not get the agent. */
    private store(rooms: readonly MadeRoom[], opts: pulumi.ComponentResourceOptions): AgentSecrets[] {
        const { secrets: settings, environment } = this.args.environment;
        const room = rooms.find(({ application }) => application === agentKey);
        if (settings === undefined || room === undefined) {
            return [];
        }
        const args = { settings, namespace: room.namespace, environment, cluster: this.name };
        return [new AgentSecrets(`${this.name}-secrets`, args, { ...opts, dependsOn: [room.made] })];
    }

    private previewAccess(
        rooms: readonly MadeRoom[],
        beside: ReturnType<typeof besideRooms>,
        opts: pulumi.ComponentResourceOptions,
    ): PreviewAccess[] {
        const { environment, settings, hub } = this.args;
        const { previewers, secrets } = environment;
        if (previewers === undefined) {
            return [];
        }
        const readable = readableOfSpoke(rooms, beside, settings, secrets, hub.impersonation !== "off");
        return [new PreviewAccess(`${this.name}-preview`, { previewers, readable }, opts)];
    }

    private audience(): string | undefined {
        const { environment, settings } = this.args;
        const { credentials } = settings;
        return credentials.type === "federated" ? audienceOf(credentials, environment.environment) : undefined;
    }

    private proof(
        account: ManagerAccount,
        config: ReturnType<typeof clusterConfig>,
        target: pulumi.Input<string>,
        store: readonly AgentSecrets[],
    ): Proof {
        const { environment, settings, server, hub } = this.args;
        const audience = this.audience();
        return new Proof(
            `${this.name}-access`,
            {
                spoke: connectionOf(settings),
                cluster: this.name,
                connection: { server, tls: config.tlsClientConfig, proxyUrl: config.proxyUrl },
                // Undefined without it, so that a proof of the earlier version does not change.
                ...(settings.hubOnly && { hubOnly: true as const }),
                ...(account.tokens && { token: provable(account.tokens.current) }),
                ...(audience !== undefined && {
                    federated: { namespace: hub.argoCdNamespace, audience },
                    hub: connectionOf(environment.hub),
                }),
                target,
                // A new store can add kinds, which Argo CD finds only when it reads the cluster again.
                rights: [...account.rights, ...store.map(({ storeId }) => storeId)],
            },
            { parent: this, ignoreChanges: settings.quarantined ? proofInputs : [] },
        );
    }

    private domain(): string {
        return this.args.settings.domain ?? `${this.name}.${this.args.hub.domain}`;
    }

    private clusterSecret(
        rooms: MadeRooms,
        account: ManagerAccount,
        config: ReturnType<typeof clusterConfig>,
        proof: Proof,
        store: readonly AgentSecrets[],
    ): ClusterSecret {
        const { environment, settings, server, uid, hub, hubProvider, stack, adoption, keptAnnotations } = this.args;
        const argoCdName = argoCdNameOf(this.name, settings);
        const names = rooms.map(({ application }) => application);
        const { scope, namespaces } = settings.permissions;
        const [first, ...others] = rooms;
        return new ClusterSecret(
            `${this.name}-cluster`,
            {
                namespace: hub.argoCdNamespace,
                clusterName: argoCdName,
                ...(argoCdName !== this.name && { key: this.name }),
                annotations: keptAnnotations,
                secret: settings.clusterSecret,
                adopt: adoption && `${hub.argoCdNamespace}/${adoption.secret}`,
                server,
                project: hub.scoped ? names[0] : undefined,
                namespaces: [first.namespace, ...others.map(({ namespace }) => namespace), ...namespaces],
                clusterResources: scope === "cluster" || rooms.some(({ clusterKinds }) => clusterKinds.length > 0),
                labels: { ...settings.labels, environment: environment.environment },
                domain: this.domain(),
                dnsDomain: settings.dnsDomain,
                // A hub without an application `agent` may get one: until then its clusters say that they have no room.
                applications: Object.fromEntries(
                    [agentKey, ...hub.applications.map(({ name }) => name)].map((one) => [one, names.includes(one)]),
                ),
                pins: Object.fromEntries(names.map((application) => [application, pinOf(settings, application)])),
                secretStore: store.length > 0,
                syncAccounts: hub.impersonation !== "off",
                stack,
                token: account.tokens?.current,
                audience: this.audience(),
                refresh: proof.provenAt,
                uid,
                unprotected: !environment.protect,
                quarantined: settings.quarantined,
                unread: this.args.unreachable ?? false,
                config,
            },
            {
                parent: this,
                providers: [hubProvider],
                dependsOn: [...rooms.map(({ made }) => made), account, ...store],
            },
        );
    }

    private connectionCheck(chosen: readonly HubApplication[], proof: Proof, secret: ClusterSecret): ConnectionCheck {
        const { environment, settings, server, hub } = this.args;
        return new ConnectionCheck(
            `${this.name}-connection`,
            {
                hub: environment.hub,
                namespace: hub.argoCdNamespace,
                project: chosen[0]?.name ?? "",
                target: chosen[0]?.namespace ?? "",
                cluster: this.name,
                argoCdName: argoCdNameOf(this.name, settings),
                server,
                timeout: environment.connectionTimeout,
                since: proof.provenAt,
                quarantined: settings.quarantined,
            },
            { parent: this, dependsOn: [secret] },
        );
    }

    private probes(chosen: readonly HubApplication[], account: ManagerAccount): Probes {
        const { environment, settings, server, hub, hubProvider } = this.args;
        return new Probes(
            `${this.name}-probes`,
            {
                hub,
                cluster: this.name,
                environment: environment.environment,
                region: settings.labels.region ?? "",
                server,
                domain: this.domain(),
                deployed: isServed(chosen, settings.labels),
                proxied: settings.proxyUrl !== undefined,
                probe: settings.probe,
                token: account.tokens?.current,
            },
            { parent: this, providers: [hubProvider] },
        );
    }

    private drain(secret: ClusterSecret, before: pulumi.Resource[]): void {
        const args = { ...this.place(), secret: secret.secretName };
        new Drain(`${this.name}-drain`, args, { parent: this, dependsOn: [secret, ...before] });
    }
}

/** An application's namespace on the cluster, and the component that makes it. */
type MadeRoom = Room & { readonly made: ApplicationNamespace };

type MadeRooms = readonly [MadeRoom, ...MadeRoom[]];

/** What is not to be proven again of a cluster in quarantine. */
const proofInputs = ["spoke", "connection", "token", "federated", "hub", "target", "rights"];

/** How a token can be tried: read from its Secret, or requested for the account and the Secret to which it is bound. */
function provable({ secret, expires }: TokenFacts) {
    return { namespace: accountName, secret, ...(expires !== undefined && { account: accountName, expires }) };
}

function connectionOf({ context, kubeconfig }: ClusterConnection): ClusterConnection {
    return { context, kubeconfig };
}
