import * as pulumi from "@pulumi/pulumi";
import type { AdoptedNamespaces, Adoptions, KeptAnnotations } from "./account/adoption";
import type { EnvironmentSettings } from "../settings/environment";
import type { HubOutputs } from "./hubOutputs";
import { clusterProvider } from "./support/provider";
import { Spoke } from "./spoke";
import type { CredentialFacts } from "./account/credentialFacts";

export interface EnvironmentArgs {
    readonly settings: EnvironmentSettings;
    /** URL of each cluster's API server, by its name; an unreachable cluster that is not registered has none. */
    readonly servers: Readonly<Record<string, string>>;
    /** UID of each cluster's namespace `kube-system`, by the cluster's name, where it may be read. */
    readonly uids?: Readonly<Record<string, string>>;
    /** Clusters that do not answer, and on which this run changes nothing. */
    readonly unreachable?: readonly string[];
    /** The outputs of the hub's stack. */
    readonly hub: HubOutputs;
    /** The stack's full name, for the mark on the cluster Secrets. */
    readonly stack: string;
    /** Clusters that another tool or a person registered and the stack adopts, by name. */
    readonly adoptions?: Adoptions;
    /** Namespaces of applications that existed before the stack, by the cluster's name. */
    readonly adoptedNamespaces?: Readonly<Record<string, AdoptedNamespaces | undefined>>;
    /** Annotations that adopted cluster Secrets keep, by the cluster's name. */
    readonly keptAnnotations?: KeptAnnotations;
}

/** An environment: each of its clusters is registered on the hub, with an account for Argo CD. */
export class Environment extends pulumi.ComponentResource {
    /** The name, API server, cluster Secret on the hub, and credential facts of each cluster. */
    readonly clusters: Readonly<
        Record<string, { server: string; secret: pulumi.Output<string>; credential: CredentialFacts }>
    >;

    constructor(name: string, args: EnvironmentArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:Environment", name, {}, opts);

        const { settings, hub, stack } = args;
        const hubProvider = clusterProvider("hub", settings.hub, { parent: this });
        this.clusters = Object.fromEntries(
            Object.entries(settings.clusters).flatMap(([cluster, spokeSettings]) => {
                const server = args.servers[cluster];
                const isUnreachable = args.unreachable?.includes(cluster) ?? false;
                if (server === undefined && isUnreachable) {
                    // The stack has nothing of it yet (preflight/unreachable.ts), and the run is about other clusters.
                    return [];
                }
                if (server === undefined) {
                    throw new Error(`no API server is known for cluster ${cluster}`);
                }
                const spoke = new Spoke(
                    cluster,
                    {
                        environment: settings,
                        settings: spokeSettings,
                        server,
                        uid: args.uids?.[cluster],
                        unreachable: isUnreachable,
                        hub,
                        hubProvider,
                        stack,
                        adoption: args.adoptions?.[cluster],
                        adoptedNamespaces: args.adoptedNamespaces?.[cluster],
                        keptAnnotations: args.keptAnnotations?.[cluster],
                    },
                    { parent: this },
                );
                return [[cluster, { server, secret: spoke.secretName, credential: spoke.credential }] as const];
            }),
        );
        this.registerOutputs({ clusters: this.clusters });
    }
}
