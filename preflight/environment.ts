import type { HubOutputs } from "../components/hub";
import type { EnvironmentSettings } from "../settings";
import { type ClusterAddress, findCluster } from "./kubeconfig";
import { allOf } from "./problems";
import { refuseSecondRegistration, refuseSharedServer, registrations } from "./registrations";
import { get } from "./request";

/**
 * Checks an environment's clusters before anything is touched: each is found in a kubeconfig, answers, and is no
 * second registration of a name or a URL.
 *
 * @param stack the environment's stack; what it registered itself is no conflict
 * @returns URL of each cluster's API server, by the cluster's name
 * @throws pulumi.RunError that lists all that is wrong and what to do
 */
export async function checkEnvironment(
    settings: EnvironmentSettings,
    hubOutputs: HubOutputs,
    stack: string,
): Promise<Record<string, string>> {
    const addresses: Record<string, ClusterAddress> = {};
    const servers: Record<string, string> = {};
    await allOf([
        () => {
            addresses.hub = findCluster("hub", settings.hub);
        },
        ...Object.entries(settings.clusters).map(([name, spoke]) => () => {
            const address = findCluster(`clusters.${name}`, spoke);
            addresses[`clusters.${name}`] = address;
            servers[name] = spoke.server ?? address.server;
        }),
    ]);
    const { hub, ...spokes } = addresses;
    await allOf([
        () => refuseSharedServer(servers),
        ...Object.values(spokes).map((spoke) => () => get(spoke, "version")),
        async () => {
            if (hub !== undefined) {
                refuseSecondRegistration(servers, await registrations(hub, hubOutputs.argoCdNamespace), stack);
            }
        },
    ]);
    return servers;
}
