import type { HubOutputs } from "../components/hub";
import type { Adoptions } from "../components/account/adoption";
import type { RolloutRules } from "../components/agent/rollout";
import type { EnvironmentSettings } from "../settings/environment";
import { findAdoptions } from "./adoption";
import { type ClusterAddress, findCluster } from "../clusters/kubeconfig";
import { allOf } from "./problems";
import { refuseOlderGeneration, refuseSecondRegistration, refuseSharedServer, registrations } from "./registrations";
import { get } from "../clusters/request";
import { refuseUnfitForRollout } from "./rollout";

/** An environment's clusters, found in a kubeconfig, and the hub that they are registered on. */
export interface FoundClusters {
    readonly hub: ClusterAddress;
    /** Each cluster, by its name. */
    readonly spokes: Readonly<Record<string, ClusterAddress>>;
    /** URL of each cluster's API server, by the cluster's name. */
    readonly servers: Readonly<Record<string, string>>;
}

/**
 * Finds an environment's clusters and the hub, each in its kubeconfig, and asks each for its version.
 *
 * @throws InputError that lists all that is wrong and what to do
 */
export async function findClusters(settings: EnvironmentSettings): Promise<FoundClusters> {
    const names = Object.keys(settings.clusters);
    const [hub, ...spokes] = await allOf([
        () => findCluster("hub", settings.hub),
        ...Object.entries(settings.clusters).map(
            ([name, spoke]) =>
                () => findCluster(`clusters.${name}`, spoke),
        ),
    ]);
    const byName = Object.fromEntries(spokes.map((spoke, index) => [names[index] ?? "", spoke]));
    const servers = Object.fromEntries(
        Object.entries(byName).map(([name, { server }]) => [name, settings.clusters[name]?.server ?? server]),
    );
    await allOf([
        () => refuseSharedServer(servers),
        ...[hub, ...spokes].map((cluster) => () => get(cluster, "version")),
    ]);
    return { hub, spokes: byName, servers };
}

/**
 * Checks that the environment is one that the hub's rollout reaches, that no cluster is a second registration of a name
 * or a URL, and that no token goes back to an older one. A registration that other means made is taken over where
 * the settings name it.
 *
 * @param stack the environment's stack; what it registered itself is no conflict
 * @returns what is taken over
 * @throws InputError that lists all that is wrong and what to do
 */
export async function checkAgainstHub(
    settings: EnvironmentSettings,
    found: FoundClusters,
    hub: HubOutputs,
    stack: string,
): Promise<Adoptions> {
    const [, adoptions] = await allOf([
        () => refuseUnfitForRollout(settings, JSON.parse(hub.rollout) as RolloutRules),
        async () => checkRegistrations(settings, found, hub, stack),
    ]);
    return adoptions;
}

async function checkRegistrations(
    settings: EnvironmentSettings,
    { hub: address, spokes, servers }: FoundClusters,
    hub: HubOutputs,
    stack: string,
): Promise<Adoptions> {
    const existing = await registrations(address, hub.argoCdNamespace);
    const candidates = Object.entries(servers).map(([name, server]) => ({ name, server, settings, hub }));
    const on = { address, argoCdNamespace: hub.argoCdNamespace };
    const adoptions = await findAdoptions(candidates, existing, stack, on, spokes);
    const adopted = Object.entries(adoptions).map(([name, { secret }]) => [name, secret]);
    refuseOlderGeneration(settings, existing, stack);
    refuseSecondRegistration(servers, existing, stack, Object.fromEntries(adopted) as Record<string, string>);
    return adoptions;
}
