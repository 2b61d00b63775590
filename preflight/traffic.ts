import { agentName } from "../settings/usersName";
import { inClusterName } from "../settings/environment";
import type { HubSettings } from "../settings/hub";
import type { Registration } from "../clusters/registrations";

/**
 * Refuses a name for users that would not be published, because the hub lacks external-dns's DNSEndpoint.
 *
 * @param groups names of the API groups that the hub serves
 * @throws Error that names the setting
 */
export function refuseUnpublishedName({ traffic }: Pick<HubSettings, "traffic">, groups: readonly string[]): void {
    if (traffic?.externalDns.mode === "existing" && !groups.includes("externaldns.k8s.io")) {
        throw new Error(
            'hubspoke:traffic.externalDns.mode: is "existing", but the hub has no DNSEndpoint, the CRD of external-dns. ' +
                'Install external-dns with its CRD, or write "install"',
        );
    }
}

/**
 * Refuses to send users to a cluster that is not registered on the hub, or has no agent, or to a name that is not its
 * own. A hub without registered clusters, for example a rebuilt one, publishes what the settings say.
 *
 * @throws Error that names the setting, and what to write
 */
export function refuseUnknownActive(
    { traffic, domain }: Pick<HubSettings, "domain" | "traffic">,
    existing: readonly Registration[],
): void {
    const clusters = existing.filter(({ cluster }) => cluster !== inClusterName);
    if (traffic === undefined || clusters.length === 0) {
        return;
    }
    const checked = Object.keys(traffic.route53?.healthChecks ?? {});
    for (const [setting, name] of [["active", traffic.active], ...checked.map((name) => ["route53.healthChecks", name])]) {
        const found = clusters.find(({ cluster }) => cluster === name);
        if (found === undefined) {
            throw new Error(
                `hubspoke:traffic.${setting}: is "${name}", but the hub has ` +
                    `${clusters.map(({ cluster }) => cluster).sort().join(", ")}. Write one of these, or register it first`,
            );
        }
        if (setting === "active" && found.labels.deploy === "false") {
            throw new Error(
                `hubspoke:traffic.active: is "${name}", whose agent is paused (label deploy=false): nothing serves users there. ` +
                    `Set labels.deploy of ${name} to "true" first, or write another cluster`,
            );
        }
        const own = `agent.${found.domain}`;
        if (found.domain !== undefined && agentName(domain, traffic, found.cluster) !== own) {
            throw new Error(`hubspoke:traffic.names.${name}: the agent's name on ${name} is ${own}. Write that`);
        }
    }
}
