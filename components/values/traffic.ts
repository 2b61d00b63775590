import type * as pulumi from "@pulumi/pulumi";
import type { TrafficSettings } from "../../trafficSettings";

/** Label of what external-dns on the hub publishes, and of nothing else. */
export const trafficLabel = { "hubspoke/traffic": "true" };

/** The name by which users reach the agent, wherever it is. */
export function usersName(domain: string, { name }: Pick<NonNullable<TrafficSettings>, "name">): string {
    return name ?? `agent.${domain}`;
}

/** The agent's own name on a cluster. */
export function agentName(
    domain: string,
    { names }: Pick<NonNullable<TrafficSettings>, "names">,
    cluster: string,
): string {
    return names[cluster] ?? `agent.${cluster}.${domain}`;
}

/**
 * The users' name as an object for external-dns: an alias of the active cluster's own name
 * (external-dns, docs/sources/crd.md).
 */
export function trafficEndpoint<Text extends pulumi.Input<string>>(
    namespace: Text,
    domain: string,
    settings: NonNullable<TrafficSettings>,
) {
    return {
        apiVersion: "externaldns.k8s.io/v1alpha1",
        kind: "DNSEndpoint",
        metadata: { name: "agent", namespace, labels: trafficLabel },
        spec: {
            endpoints: [
                {
                    dnsName: usersName(domain, settings),
                    recordType: "CNAME",
                    recordTTL: settings.ttl,
                    targets: [agentName(domain, settings, settings.active)],
                },
            ],
        },
    };
}
