import type * as pulumi from "@pulumi/pulumi";
import { trafficLabel } from "../../clusters/names";
import type { TrafficSettings } from "../../settings/traffic";
import { agentName, usersName } from "../../settings/usersName";

/** A record in external-dns's DNSEndpoint. */
export interface DnsRecord {
    readonly dnsName: string;
    readonly recordType: "CNAME";
    readonly recordTTL: number;
    readonly targets: readonly [string];
    /** Distinguishes records with the same name. */
    readonly setIdentifier?: string;
    readonly providerSpecific?: readonly { readonly name: string; readonly value: string }[];
}

/**
 * The users' name as an object for external-dns: an alias of the active cluster's name
 * (external-dns, docs/sources/crd.md), or two with Route53's failover between them (docs/tutorials/aws.md).
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
        spec: { endpoints: records(domain, settings) },
    };
}

function records(domain: string, settings: NonNullable<TrafficSettings>): DnsRecord[] {
    const { active, ttl, route53 } = settings;
    const alias = (cluster: string): DnsRecord => ({
        dnsName: usersName(domain, settings),
        recordType: "CNAME",
        recordTTL: ttl,
        targets: [agentName(domain, settings, cluster)],
    });
    if (route53 === undefined) {
        return [alias(active)];
    }
    // In a failover the records keep their roles and swap their clusters: external-dns changes a record's target in
    // place, and Route53 never has two primary records.
    const inOrder = Object.entries(route53.healthChecks).sort(([one], [other]) =>
        one === active ? -1 : other === active ? 1 : 0,
    );
    return inOrder.map(([cluster, healthCheck], index) => {
        const part = index === 0 ? "PRIMARY" : "SECONDARY";
        return {
            ...alias(cluster),
            setIdentifier: part.toLowerCase(),
            providerSpecific: [
                { name: "aws/failover", value: part },
                { name: "aws/health-check-id", value: healthCheck },
            ],
        };
    });
}
