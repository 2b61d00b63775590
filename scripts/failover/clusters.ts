import { argoCdNamespace } from "../../clusters/names";
import { agentName, usersName } from "../../components/traffic/names";
import { probeTargets } from "../../components/watch/probePlan";
import { type ClusterAddress, findCluster } from "../../clusters/kubeconfig";
import { registrations } from "../../clusters/registrations";
import { publishedCluster } from "../../preflight/published";
import type { EnvironmentSettings, SpokeSettings } from "../../settings/environment";
import type { HubSettings } from "../../settings/hub";
import type { TrafficSettings } from "../../settings/traffic";
import { settingsOf } from "../support/pulumi";

/** The hub, as a failover needs it. Holds credentials: never print it. */
export interface FailoverHub {
    readonly stack: string;
    readonly settings: HubSettings;
    readonly traffic: NonNullable<TrafficSettings>;
    readonly address: ClusterAddress;
    readonly namespace: string;
    /** The cluster that users reach now, as the hub publishes it; the setting where it publishes none that it knows. */
    readonly active: string;
    /** The one name by which users reach the agent. */
    readonly usersName: string;
}

/** A cluster that users go to, or come from. Holds credentials: never print it. */
export interface FailoverCluster {
    readonly name: string;
    /** URL by which Argo CD reaches the API server. */
    readonly server: string;
    readonly environment: EnvironmentSettings;
    readonly settings: SpokeSettings;
    /** The agent's own name on the cluster, which the users' name points at. */
    readonly agentName: string;
    /** What shows from outside whether the agent serves; undefined where the settings switch that off. */
    readonly probeUrl: string | undefined;
}

/**
 * Reads the hub's stack.
 *
 * @throws Error when it is no hub's, or publishes no name for users
 */
export async function readHub(stack: string): Promise<FailoverHub> {
    const settings = await settingsOf(stack);
    if (settings.role !== "hub") {
        throw new Error(`${stack} is the stack of an environment. Name the hub's by --stack`);
    }
    const { traffic, domain } = settings;
    if (traffic === undefined) {
        throw new Error("hubspoke:traffic is not set on the hub: there is no name for users that could move. See docs/failover.md");
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
 * Finds clusters by their registrations on the hub, and reads the settings of the stacks that made these.
 *
 * @throws Error when a cluster is not registered, or was registered by other means
 */
export async function readClusters(hub: FailoverHub, names: readonly string[]): Promise<FailoverCluster[]> {
    const registered = await registrations(hub.address, hub.namespace);
    const found = names.map((name) => {
        const registration = registered.find(({ cluster }) => cluster === name);
        if (registration?.stack === undefined) {
            const known = registered.flatMap(({ cluster, stack }) => (stack === undefined ? [] : [cluster]));
            throw new Error(`no stack registered a cluster "${name}" on the hub. There are: ${known.join(", ")}`);
        }
        return { name, ...registration, stack: registration.stack.split("/").at(-1) ?? registration.stack };
    });
    const stacks = [...new Set(found.map(({ stack }) => stack))];
    const settings = new Map(await Promise.all(stacks.map(async (stack) => [stack, await settingsOf(stack)] as const)));
    return found.map(({ name, server, stack }) => {
        const environment = settings.get(stack);
        const spoke = environment?.role === "environment" ? environment.clusters[name] : undefined;
        if (environment?.role !== "environment" || spoke === undefined) {
            throw new Error(`${name} was registered by the stack ${stack}, whose settings no longer name it. Put it back there`);
        }
        return {
            name,
            server,
            environment,
            settings: spoke,
            agentName: agentName(hub.settings.domain, hub.traffic, name),
            probeUrl: probeUrl(hub, name, server, environment, spoke),
        };
    });
}

/** The URL of the agent that the hub's Prometheus probes, too. */
function probeUrl(
    hub: FailoverHub,
    cluster: string,
    server: string,
    { environment }: EnvironmentSettings,
    { labels, domain, probe, proxyUrl }: SpokeSettings,
): string | undefined {
    const targets = probeTargets({
        cluster,
        environment,
        region: labels.region ?? "",
        server,
        domain: domain ?? `${cluster}.${hub.settings.domain}`,
        deployed: labels.deploy === "true",
        proxied: proxyUrl !== undefined,
        probe,
    });
    return targets.find(({ kind }) => kind === "agent")?.url;
}
