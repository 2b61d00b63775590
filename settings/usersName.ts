import type { Problem } from "./given";
import type { TrafficSettings } from "./traffic";

type Traffic = NonNullable<TrafficSettings>;

/** The DNS name by which users reach the agent on the active cluster. */
export function usersName(domain: string, { name }: Pick<Traffic, "name">): string {
    return name ?? `agent.${domain}`;
}

/** The agent's DNS name on a cluster. */
export function agentName(domain: string, { names }: Pick<Traffic, "names">, cluster: string): string {
    return names[cluster] ?? `agent.${cluster}.${domain}`;
}

/**
 * Finds what no resolver, no DNS provider or not external-dns would accept of the users' name.
 *
 * @param domain the fleet's domain
 */
export function trafficProblems({
    domain,
    traffic,
}: {
    readonly domain: string;
    readonly traffic?: TrafficSettings;
}): Problem[] {
    if (traffic === undefined) {
        return [];
    }
    const checks = [aliasProblems, twinProblems, zoneProblems];
    return checks.flatMap((check) => check(domain, traffic)).map(({ path, message }) => ({ path: ["traffic", ...path], message }));
}

/** Clusters that the settings name, so users may be sent there. */
function clustersIn({ active, names, route53 }: Traffic): string[] {
    return [...new Set([active, ...Object.keys(names), ...Object.keys(route53?.healthChecks ?? {})])];
}

/** An alias (CNAME) of itself has no answer, and the top of a zone can have no alias (RFC 1034, 3.6.2). */
function aliasProblems(domain: string, traffic: Traffic): Problem[] {
    const users = usersName(domain, traffic);
    const loops = clustersIn(traffic)
        .filter((cluster) => agentName(domain, traffic, cluster) === users)
        .map((cluster) => ({
            path: cluster in traffic.names ? ["names", cluster] : ["name"],
            message: `is ${users}, which would be an alias of itself: it is the users' name and that of ${cluster}. Change one`,
        }));
    const { externalDns } = traffic;
    const isInstalled = externalDns.mode === "install";
    // Cloudflare alone answers for such an alias itself (developers.cloudflare.com/dns/cname-flattening).
    const flattens = isInstalled && externalDns.provider === "cloudflare";
    const tops = isInstalled ? (externalDns.zones ?? [domain]) : [];
    const isTop = tops.includes(users) || users.split(".").length <= 2;
    return isTop && !flattens
        ? [
              ...loops,
              {
                  path: ["name"],
                  message: `is ${users}, the top of a zone, which cannot be an alias (CNAME). Write a name in it, as agent.${users}`,
              },
          ]
        : loops;
}

function twinProblems(domain: string, traffic: Traffic): Problem[] {
    const clusters = clustersIn(traffic);
    return Object.entries(traffic.names).flatMap(([cluster, name]) => {
        const twin = clusters.find((other) => other !== cluster && agentName(domain, traffic, other) === name);
        return twin === undefined || (twin in traffic.names && twin > cluster)
            ? []
            : [{ path: ["names", cluster], message: `is the name of ${twin} too: a move between them would move nobody. Change one` }];
    });
}

/** external-dns ignores a name outside of its filters (external-dns 0.23: endpoint/domain_filter.go). */
function zoneProblems(domain: string, traffic: Traffic): Problem[] {
    const { externalDns } = traffic;
    if (externalDns.mode !== "install") {
        return [];
    }
    const users = usersName(domain, traffic);
    const valuesOf = (flag: string) =>
        externalDns.args.filter((arg) => arg.startsWith(`${flag}=`)).map((arg) => arg.slice(flag.length + 1).replace(/\.$/, ""));
    const zones = [...(externalDns.zones ?? [domain]), ...valuesOf("--domain-filter")];
    const isIn = (zone: string) => users === zone || users.endsWith(zone.startsWith(".") ? zone : `.${zone}`);
    const excluded = valuesOf("--exclude-domains").find(isIn);
    if (excluded !== undefined) {
        return [
            {
                path: ["externalDns", "args"],
                message: `excludes ${excluded}, in which the users' name ${users} is: external-dns would not publish it. Remove it`,
            },
        ];
    }
    return zones.some(isIn)
        ? []
        : [
              {
                  path: traffic.name === undefined ? ["externalDns", "zones"] : ["name"],
                  message:
                      `the users' name ${users} is in none of the zones that external-dns may change, ${zones.join(", ")}: it would ` +
                      "not publish it. Change traffic.name, or add its zone to traffic.externalDns.zones",
              },
          ];
}
