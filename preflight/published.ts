import { argoCdNamespace } from "../clusters/names";
import type { ClusterAddress } from "../clusters/kubeconfig";
import { type Registration, registrations } from "../clusters/registrations";
import { find } from "../clusters/request";
import { agentName } from "../settings/usersName";
import type { HubSettings } from "../settings/hub";

/** The facts that tell which name belongs to which cluster. */
type Names = Pick<HubSettings, "domain"> & { readonly traffic: NonNullable<HubSettings["traffic"]> };

interface Endpoint {
    readonly spec?: { readonly endpoints?: readonly { readonly targets?: readonly string[] }[] };
}

/**
 * The cluster that users reach now. The source is the hub, because the stack file of this checkout may be older: the
 * first record of the DNSEndpoint points to the active cluster (components/traffic/names.ts).
 *
 * @returns undefined if the hub publishes no name yet, or the name of a cluster that is no longer registered
 * @throws Error as `get`
 */
export async function publishedCluster(hub: ClusterAddress, names: Names): Promise<string | undefined> {
    const path = `apis/externaldns.k8s.io/v1alpha1/namespaces/${argoCdNamespace}/dnsendpoints/agent`;
    const target = (await find<Endpoint>(hub, path))?.spec?.endpoints?.[0]?.targets?.[0];
    return target === undefined ? undefined : clusterNamed(target, await registrations(hub, argoCdNamespace), names);
}

/** The cluster whose agent has that name: from the registration, or from the settings if the registration lacks it. */
export function clusterNamed(
    target: string,
    existing: readonly Pick<Registration, "cluster" | "domain">[],
    { domain, traffic }: Names,
): string | undefined {
    const own = existing.find((registration) => target === `agent.${registration.domain}`);
    return (own ?? existing.find(({ cluster }) => target === agentName(domain, traffic, cluster)))?.cluster;
}
