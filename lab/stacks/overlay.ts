import type { ChartChoice } from "../argocd/chart-choice";
import { environmentStacks, readCommitted, readInLab, stackNames, type Overlay } from "./project";

/** The part of an environment's settings that the lab reads or changes. */
type Clusters = Record<
    string,
    {
        revision?: string;
        labels?: { deploy?: string | boolean };
        credentials?: unknown;
        clusterSecret?: unknown;
        probe?: { agent: string | undefined };
    }
>;

/**
 * The lab's own settings over the committed stack files; contexts need none, since the lab's have the same names. What
 * a promotion, a rotation or an adoption wrote into the lab's stack files stays: the clusters are so already.
 *
 * @param revision commit that clusters with a pin start at
 * @param agents URL of the agent on each cluster, which has no address of its own in the lab
 */
export function labOverlay(
    chart: ChartChoice,
    repository: string,
    revision: string,
    agents: Readonly<Record<string, string>>,
): Overlay {
    const agent = readCommitted("hub")["hubspoke:agent"] as Record<string, unknown>;
    const rollout = readCommitted("hub")["hubspoke:rollout"] as Record<string, unknown>;
    const pinned = environmentStacks.map((stack) => {
        const inLab = clustersOf(readInLab(stack));
        const clusters = Object.entries(clustersOf(readCommitted(stack))).map(([name, settings]) => {
            const { revision: pin = revision, credentials, clusterSecret } = inLab[name] ?? {};
            const written = {
                ...(settings.revision !== undefined && { revision: pin }),
                ...(credentials !== undefined && { credentials }),
                ...(clusterSecret !== undefined && { clusterSecret }),
                probe: { agent: agents[name] },
            };
            return [name, { ...settings, ...written }];
        });
        return [stack, { "hubspoke:clusters": Object.fromEntries(clusters) as Clusters }];
    });
    return {
        ...(Object.fromEntries(pinned) as Overlay),
        hub: {
            "hubspoke:lab": true,
            // Nothing runs on simulated nodes, so cert-manager would issue nothing.
            "hubspoke:certificates": { issuer: "none" },
            ...(chart.path === undefined ? {} : { "hubspoke:chart": { path: chart.path } }),
            "hubspoke:agent": { ...agent, repository },
            "hubspoke:rollout": { ...rollout, soak: labSoak },
            // What Argo CD says of a cluster is as old as its last look.
            "hubspoke:scale": { clusterCacheResync: "1m" },
            "hubspoke:alerts": labAlerts,
            "hubspoke:traffic": labTraffic(),
        },
    };
}

/** An outage in the lab is to be seen while somebody looks on. */
const labAlerts = { objects: "files", interval: "2s", unreachableFor: "10s" };

/** The users' name is on the cluster that a failover in the lab moved it to; nothing moves without being told to. */
function labTraffic() {
    const { active = "prod" } = (readInLab("hub")["hubspoke:traffic"] ?? {}) as { active?: string };
    const automatic = { enabled: false, after: "20s", coolDown: "1m" };
    return { active, ttl: 5, externalDns: { mode: "existing" }, automatic };
}

/** A promotion in the lab waits for nobody's users. */
const labSoak = "3s";

function clustersOf(config: Record<string, unknown>): Clusters {
    return (config["hubspoke:clusters"] ?? {}) as Clusters;
}

/** Names of the Applications that the committed stack files ask for. */
export function expectedApplications(): string[] {
    return stackNames.flatMap((stack) => {
        return Object.entries(clustersOf(readCommitted(stack)))
            .filter(([, { labels }]) => String(labels?.deploy ?? "true") === "true")
            .map(([cluster]) => `agent-${cluster}`);
    });
}
