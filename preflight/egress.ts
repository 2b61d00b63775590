import { BlockList, isIP } from "node:net";
import { isInCluster, type Registration } from "../clusters/registrations";
import type { ClusterAddress } from "../clusters/kubeconfig";
import { find } from "../clusters/request";
import type { EgressSettings } from "../settings/egress";

type Destinations = NonNullable<EgressSettings>["hub"];

/** An address and a port that Argo CD must reach. */
interface Target {
    readonly address: string;
    readonly port: number;
    /** What it is, for the error. */
    readonly what: string;
}

interface EndpointSlice {
    readonly endpoints?: readonly { readonly addresses: readonly string[] }[] | null;
    readonly ports?: readonly { readonly port?: number }[] | null;
}

/** The API server writes its own addresses there. */
const ownEndpoints = "apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes";

/**
 * Refuses limits that would cut Argo CD off from an API server: the hub's own, by the addresses that it publishes, and
 * those of registered clusters whose URL has an address. A host's name may lead elsewhere from the hub's pods, so it is
 * not looked up here.
 *
 * @throws Error that lists each API server outside of the limits, with the setting to change
 */
export async function refuseCutOff(
    settings: EgressSettings,
    hub: ClusterAddress,
    existing: readonly Registration[],
): Promise<void> {
    if (settings === undefined) {
        return;
    }
    const own = ownTargets(await find<EndpointSlice>(hub, ownEndpoints));
    const problems = cutOff(settings, own, clusterTargets(existing));
    if (problems.length > 0) {
        throw new Error(problems.join("\n  "));
    }
}

/** A sentence about each target that no destination of its kind contains. */
export function cutOff(
    settings: NonNullable<EgressSettings>,
    own: readonly Target[],
    clusters: readonly Target[],
): string[] {
    const outside = (kind: "hub" | "clusters", targets: readonly Target[]) =>
        targets
            .filter((target) => !contains(settings[kind] ?? [], target))
            .map(
                ({ address, port, what }) =>
                    `hubspoke:egress.${kind}: does not contain ${address} with port ${port}, which is ${what}. ` +
                    "Argo CD could not connect to it. Add that network and port",
            );
    return [...outside("hub", own), ...outside("clusters", clusters)];
}

/** The addresses of the hub's own API server, with each of its ports. */
export function ownTargets({ endpoints, ports }: EndpointSlice = {}): Target[] {
    const what = "an endpoint of the hub's own API server";
    const addresses = (endpoints ?? []).flatMap((endpoint) => endpoint.addresses);
    return addresses.flatMap((address) =>
        (ports ?? []).flatMap(({ port }) => (port === undefined ? [] : [{ address, port, what }])),
    );
}

/** Registered clusters whose URL has an address in place of a name. */
export function clusterTargets(existing: readonly Registration[]): Target[] {
    return existing.flatMap(({ server, cluster }) => {
        if (!URL.canParse(server) || isInCluster(server)) {
            return [];
        }
        const { hostname, port } = new URL(server);
        const address = hostname.replace(/^\[|\]$/g, "");
        const what = `the API server of ${cluster}`;
        return isIP(address) === 0 ? [] : [{ address, port: port === "" ? 443 : Number(port), what }];
    });
}

function contains(destinations: Destinations, { address, port }: Target): boolean {
    const family = (text: string) => (isIP(text) === 6 ? "ipv6" : "ipv4");
    return destinations.some(({ cidr, ports }) => {
        const [network = "", prefix] = cidr.split("/");
        const list = new BlockList();
        list.addSubnet(network, Number(prefix), family(network));
        return ports.includes(port) && list.check(address, family(address));
    });
}
