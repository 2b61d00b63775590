import { agentUrls } from "../monitoring";
import { changeInLab, environmentStacks, readCommitted, type StackName } from "../stacks/project";

/** What the drill lays over the hub's settings in the lab: an outage is to be seen while somebody looks on. */
const hubSettings = {
    // What Argo CD says of a cluster is as old as its last look.
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
 * Lays the drill's settings over the lab's stack files: on the hub, and for each cluster where its agent answers.
 *
 * @returns the stacks whose files have changed
 */
export async function laySettings(): Promise<StackName[]> {
    const urls: Readonly<Record<string, string>> = await agentUrls();
    return changeAll(hubSettings, (cluster) => ({ agent: urls[cluster] }));
}

/** Takes them back: what they had replaced is as in the committed stack files again. */
export function takeSettingsBack(): StackName[] {
    const committed = readCommitted("hub");
    const before = Object.keys(hubSettings).map((key) => [key, committed[key]]);
    return changeAll(Object.fromEntries(before) as Record<string, unknown>, (cluster, stack) => {
        return clustersOf(readCommitted(stack))[cluster]?.probe;
    });
}

/** Changes all stack files; a value of undefined takes a setting away. */
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
