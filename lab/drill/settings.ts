import { agentUrls } from "../monitoring";
import { changeInLab, environmentStacks, readCommitted, type StackName } from "../stacks/project";

/** The drill's changes to the hub's settings in the lab: people must see an outage within a minute. */
const hubSettings = {
    // Argo CD's view of a cluster is as old as its last check.
    "hubspoke:scale": { clusterCacheResync: "20s", reconciliation: "20s", reconciliationJitter: "10s" },
    "hubspoke:alerts": { interval: "2s", unreachableFor: "10s" },
    "hubspoke:traffic": {
        active: "prod",
        ttl: 5,
        externalDns: { mode: "existing" },
        automatic: { enabled: true, after: "20s", coolDown: "1m" },
    },
};

type Clusters = Readonly<Record<string, { readonly probe?: unknown }>>;

/**
 * Writes the drill's settings into the lab's stack files: for the hub, and for each cluster the address of its agent.
 *
 * @returns the stacks whose files have changed
 */
export async function laySettings(): Promise<StackName[]> {
    const urls: Readonly<Record<string, string>> = await agentUrls();
    return changeAll(hubSettings, (cluster) => ({ agent: urls[cluster] }));
}

/** Removes them: the replaced settings are those of the committed stack files again. */
export function takeSettingsBack(): StackName[] {
    const committed = readCommitted("hub");
    const before = Object.keys(hubSettings).map((key) => [key, committed[key]]);
    return changeAll(Object.fromEntries(before) as Record<string, unknown>, (cluster, stack) => {
        return clustersOf(readCommitted(stack))[cluster]?.probe;
    });
}

/** Changes all stack files; the value undefined removes a setting. */
function changeAll(hub: Readonly<Record<string, unknown>>, probe: (cluster: string, stack: StackName) => unknown) {
    const environments = environmentStacks.filter((stack) =>
        changeInLab(stack, (config) => {
            const clusters = Object.entries(clustersOf(config)).map(([name, settings]) => {
                return [name, { ...settings, probe: probe(name, stack) }];
            });
            return { ...config, "hubspoke:clusters": Object.fromEntries(clusters) as Clusters };
        }),
    );
    const hubs = changeInLab("hub", (config) => ({ ...config, ...hub })) ? (["hub"] as const) : [];
    return [...hubs, ...environments];
}

function clustersOf(config: Readonly<Record<string, unknown>>): Clusters {
    return (config["hubspoke:clusters"] ?? {}) as Clusters;
}
