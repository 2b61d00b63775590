import type { ChartChoice } from "../argocd/chartChoice";
import { environmentStacks, readCommitted, readInLab, stackNames, type Overlay } from "./project";

/** The part of an environment's settings that the lab reads or changes. */
type Clusters = Record<
    string,
    { revision?: string; labels?: { deploy?: string | boolean }; credentials?: unknown; clusterSecret?: unknown }
>;

/**
 * The lab's own settings over the committed stack files; contexts need none, since the lab's have the same names. What
 * a promotion, a rotation or an adoption wrote into the lab's stack files stays: the clusters have that state already.
 *
 * @param revision commit that clusters with a pin start at
 */
export function labOverlay(chart: ChartChoice, repository: string, revision: string): Overlay {
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
        },
    };
}

/** A promotion in the lab needs no soak time: it has no users. */
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
