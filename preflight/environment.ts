import type { HubOutputs } from "../components/hub";
import type { EnvironmentSettings } from "../settings";
import { findCluster } from "./kubeconfig";
import { allOf } from "./problems";
import { refuseSecondRegistration, refuseSharedServer, registrations } from "./registrations";
import { get } from "./request";

/**
 * Checks an environment's clusters before anything is touched: each is found in a kubeconfig, answers, and is no
 * second registration of a name or a URL.
 *
 * @param stack the environment's stack; what it registered itself is no conflict
 * @returns URL of each cluster's API server, by the cluster's name
 * @throws InputError that lists all that is wrong and what to do
 */
export async function checkEnvironment(
    settings: EnvironmentSettings,
    hubOutputs: HubOutputs,
    stack: string,
): Promise<Record<string, string>> {
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
        ...spokes.map((spoke) => () => get(spoke, "version")),
        async () =>
            refuseSecondRegistration(servers, await registrations(hub, hubOutputs.argoCdNamespace), stack),
    ]);
    return servers;
}
