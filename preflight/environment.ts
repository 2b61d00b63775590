import type { HubOutputs } from "../components/hub";
import type { RolloutRules } from "../components/values/rollout";
import type { EnvironmentSettings } from "../settings";
import { type ClusterAddress, findCluster } from "./kubeconfig";
import { allOf } from "./problems";
import { refuseSecondRegistration, refuseSharedServer, registrations } from "./registrations";
import { get } from "./request";
import { refuseUnfitForRollout } from "./rollout";

/** An environment's clusters, found in a kubeconfig, and the hub that they are registered on. */
export interface FoundClusters {
    readonly hub: ClusterAddress;
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
    const servers = Object.fromEntries(
        spokes.map(({ server }, index) => {
            const name = names[index] ?? "";
            return [name, settings.clusters[name]?.server ?? server];
        }),
    );
    await allOf([
        () => refuseSharedServer(servers),
        ...[hub, ...spokes].map((cluster) => () => get(cluster, "version")),
    ]);
    return { hub, servers };
}

/**
 * Checks that the environment is one that the hub's rollout reaches, and no cluster a second registration of a name or
 * a URL.
 *
 * @param stack the environment's stack; what it registered itself is no conflict
 * @throws InputError that lists all that is wrong and what to do
 */
export async function checkAgainstHub(
    settings: EnvironmentSettings,
    found: FoundClusters,
    hub: HubOutputs,
    stack: string,
): Promise<void> {
    await allOf([
        () => refuseUnfitForRollout(settings, JSON.parse(hub.rollout) as RolloutRules),
        async () => refuseSecondRegistration(found.servers, await registrations(found.hub, hub.argoCdNamespace), stack),
    ]);
}
