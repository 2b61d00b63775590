import { argoCdNamespace, shortStackName } from "../../clusters/names";
import { agentName, usersName } from "../../settings/usersName";
import { chosenFor } from "../../components/applications/rooms";
import { agentProbe, isServed } from "../../components/watch/probePlan";
import { type ClusterAddress, findCluster } from "../../clusters/kubeconfig";
import { isLeftAlone, registrations } from "../../clusters/registrations";
import { publishedCluster } from "../../preflight/published";
import type { EnvironmentSettings, SpokeSettings } from "../../settings/environment";
import type { HubSettings } from "../../settings/hub";
import type { TrafficSettings } from "../../settings/traffic";
import { settingsOf } from "../support/pulumi";
import { hubSettingsOf } from "../support/stacks";

/** The hub's facts for a failover. Contains credentials: never print it. */
export interface FailoverHub {
    readonly stack: string;
    readonly settings: HubSettings;
    readonly traffic: NonNullable<TrafficSettings>;
    readonly address: ClusterAddress;
    readonly namespace: string;
    /** The cluster that users reach now, from the name that the hub publishes; from the setting if that is unknown. */
    readonly active: string;
    /** The DNS name by which users reach the agent. */
    readonly usersName: string;
}

/** A cluster of a move: the one that users leave, or the target. Contains credentials: never print it. */
export interface FailoverCluster {
    readonly name: string;
    /** URL by which Argo CD reaches the API server. */
    readonly server: string;
    readonly environment: EnvironmentSettings;
    readonly settings: SpokeSettings;
    /** Short name of the environment's stack. */
    readonly stack: string;
    /** Whether the settings or the hub say that it is in quarantine. */
    readonly quarantined: boolean;
    /** The agent's DNS name on the cluster, to which the users' name points. */
    readonly agentName: string;
    /** URL that shows from outside whether the agent serves; undefined if the settings disable that probe. */
    readonly probeUrl: string | undefined;
}

/**
 * Reads the hub's stack.
 *
 * @throws InputError if it is not a hub's stack; Error if it publishes no name for users
 */
export async function readHub(stack: string): Promise<FailoverHub> {
    const settings = await hubSettingsOf(stack);
    const { traffic, domain } = settings;
    if (traffic === undefined) {
        throw new Error("hubspoke:traffic is not set on the hub, so there is no name for users to move. See docs/failover.md");
    }
    const address = await findCluster("cluster", settings.cluster);
    const active = (await publishedCluster(address, { domain, traffic })) ?? traffic.active;
    return {
        stack,
        settings,
        traffic,
        address,
        namespace: argoCdNamespace,
        active,
        usersName: usersName(domain, traffic),
    };
}

/**
 * Finds clusters by their registrations on the hub, and reads the settings of the stacks that registered them.
 *
 * @throws Error if no stack has registered a cluster
 */
export async function readClusters(hub: FailoverHub, names: readonly string[]): Promise<FailoverCluster[]> {
    const registered = await registrations(hub.address, hub.namespace);
    const found = names.map((name) => {
        const registration = registered.find(({ cluster }) => cluster === name);
        if (registration?.stack === undefined) {
            const known = registered.flatMap(({ cluster, stack }) => (stack === undefined ? [] : [cluster]));
            throw new Error(`no stack registered a cluster "${name}" on the hub. The clusters are ${known.join(", ")}`);
        }
        return { name, ...registration, stack: shortStackName(registration.stack) };
    });
    const stacks = [...new Set(found.map(({ stack }) => stack))];
    const settings = new Map(await Promise.all(stacks.map(async (stack) => [stack, await settingsOf(stack)] as const)));
    return found.map(({ name, server, stack, annotations }) => {
        const environment = settings.get(stack);
        const spoke = environment?.role === "environment" ? environment.clusters[name] : undefined;
        if (environment?.role !== "environment" || spoke === undefined) {
            throw new Error(`the stack ${stack} registered ${name}, but its settings no longer contain it. Add it there again`);
        }
        return {
            name,
            server,
            environment,
            settings: spoke,
            stack,
            quarantined: spoke.quarantined || isLeftAlone({ annotations }),
            agentName: agentName(hub.settings.domain, hub.traffic, name),
            probeUrl: probeUrl(hub, name, environment, spoke),
        };
    });
}

/** The URL of the agent, which the hub's Prometheus also probes. */
function probeUrl(
    hub: FailoverHub,
    cluster: string,
    environment: EnvironmentSettings,
    { labels, domain = `${cluster}.${hub.settings.domain}`, probe }: SpokeSettings,
): string | undefined {
    const deployed = isServed(chosenFor(hub.settings, environment, { labels }), labels);
    return agentProbe({ deployed, domain, probe }) || undefined;
}
