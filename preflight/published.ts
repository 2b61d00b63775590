import { argoCdNamespace } from "../clusters/names";
import type { ClusterAddress } from "../clusters/kubeconfig";
import { type Registration, registrations } from "../clusters/registrations";
import { find } from "../clusters/request";
import { agentName } from "../components/traffic/names";
import type { HubSettings } from "../settings/hub";

/** What tells which name belongs to which cluster. */
type Names = Pick<HubSettings, "domain"> & { readonly traffic: NonNullable<HubSettings["traffic"]> };

interface Endpoint {
    readonly spec?: { readonly endpoints?: readonly { readonly targets?: readonly string[] }[] };
}

/**
 * The cluster that users reach now. The hub says so, and not the stack file of this checkout, which may be older: the
 * first record of the DNSEndpoint leads to the active cluster (components/traffic/names.ts).
 *
 * @returns nothing where the hub publishes no name yet, or that of a cluster that is not registered any more
 * @throws Error as `get`
 */
export async function publishedCluster(hub: ClusterAddress, names: Names): Promise<string | undefined> {
    const path = `apis/externaldns.k8s.io/v1alpha1/namespaces/${argoCdNamespace}/dnsendpoints/agent`;
    const target = (await find<Endpoint>(hub, path))?.spec?.endpoints?.[0]?.targets?.[0];
    return target === undefined ? undefined : clusterNamed(target, await registrations(hub, argoCdNamespace), names);
}

/** The cluster with an agent of that name: its registration says the name, and the settings where that is silent. */
export function clusterNamed(
    target: string,
    existing: readonly Pick<Registration, "cluster" | "domain">[],
    { domain, traffic }: Names,
): string | undefined {
    const own = existing.find((registration) => target === `agent.${registration.domain}`);
    return (own ?? existing.find(({ cluster }) => target === agentName(domain, traffic, cluster)))?.cluster;
}
