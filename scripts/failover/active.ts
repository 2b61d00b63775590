import { agentName } from "../../components/traffic/names";
import { argoCdNamespace } from "../../clusters/names";
import type { ClusterAddress } from "../../clusters/kubeconfig";
import { registrations } from "../../clusters/registrations";
import { find } from "../../clusters/request";
import type { HubSettings } from "../../settings/hub";

interface Endpoint {
    readonly spec?: { readonly endpoints?: readonly { readonly targets?: readonly string[] }[] };
}

/**
 * The cluster that users reach now. The hub says so, and not the stack file of this checkout, which may be older: the
 * first record of the DNSEndpoint leads to the active cluster (components/traffic/names.ts).
 *
 * @returns the setting where the hub publishes no name yet
 * @throws Error where the name leads to no cluster that is registered
 */
export async function activeCluster(
    hub: ClusterAddress,
    { domain, traffic }: { readonly domain: string; readonly traffic: NonNullable<HubSettings["traffic"]> },
): Promise<string> {
    const path = `apis/externaldns.k8s.io/v1alpha1/namespaces/${argoCdNamespace}/dnsendpoints/agent`;
    const target = (await find<Endpoint>(hub, path))?.spec?.endpoints?.[0]?.targets?.[0];
    if (target === undefined) {
        return traffic.active;
    }
    const names = (await registrations(hub, argoCdNamespace)).map(({ cluster }) => cluster);
    const active = names.find((name) => agentName(domain, traffic, name) === target);
    if (active === undefined) {
        throw new Error(`the users' name leads to ${target}, which belongs to no cluster that the hub knows`);
    }
    return active;
}
