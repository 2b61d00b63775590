import { announcePush, agentRepositoryUrl, writeAgentFile } from "../argocd";
import { hasStackFile, readCommitted, removeStackFile, writeStackFile } from "../stacks/project";
import { destroy, pulumi, up } from "../stacks/pulumi";
import type { FleetCluster } from "./names";

/** Name of the environment that the lean control planes are. */
const environment = "fleet";

/** Clusters in one stack: Pulumi's engine starts a provider for each, which needs memory as long as it runs. */
export const clustersInStack = 20;

/** The agent without what only a cluster with nodes and an ingress controller has. */
const values = "# The lab's lean control planes.\nconfig:\n  LOG_LEVEL: info\nreplicas: 1\n";

/**
 * Registers the clusters by the program itself, as one environment in stacks of at most {@link clustersInStack}, one
 * stack after the other. Clusters that are no longer among them are removed from the hub.
 *
 * @param labels labels of the clusters, over the lab's own
 */
export async function registerFleet(
    names: readonly FleetCluster[],
    report: (line: string) => void,
    labels: Readonly<Record<string, string>> = {},
): Promise<void> {
    const revision = await writeAgentFile(`helm/values-${environment}.yaml`, values);
    if (revision.changed.length > 0) {
        await announcePush(agentRepositoryUrl(), revision);
    }
    for (const [index, shard] of shardsOf(names).entries()) {
        const stack = stackOf(index);
        writeStackFile(stack, configuration(shard, { deploy: "true", region: "lab", ...labels }));
        await up(stack, report);
        report(`${stack}: ${shard.length} clusters are registered`);
    }
    await unregisterFleet(report, shardsOf(names).length);
}

/** Previews the stacks of these clusters, one after the other; fails if there is a change. */
export async function previewFleet(names: readonly FleetCluster[]): Promise<void> {
    for (const index of shardsOf(names).keys()) {
        await pulumi(stackOf(index), ["preview", "--expect-no-changes"]);
    }
}

/** Destroys the fleet's stacks, from one number on, and removes their stack files. */
export async function unregisterFleet(report: (line: string) => void, from = 0): Promise<void> {
    for (let index = from; hasStackFile(stackOf(index)); index++) {
        await destroy(stackOf(index), report);
        removeStackFile(stackOf(index));
    }
}

/** Names of the fleet's Applications. */
export function fleetApplications(names: readonly FleetCluster[]): string[] {
    return names.map((name) => `agent-${name}`);
}

function stackOf(index: number): string {
    return `${environment}-${index + 1}`;
}

function shardsOf(names: readonly FleetCluster[]): FleetCluster[][] {
    return names.length === 0 ? [] : [names.slice(0, clustersInStack), ...shardsOf(names.slice(clustersInStack))];
}

/** The settings of the committed environment staging, for these clusters. */
function configuration(names: readonly FleetCluster[], labels: object): Record<string, unknown> {
    const clusters = names.map((name) => [name, { context: name, labels }]);
    return {
        ...readCommitted("staging"),
        "hubspoke:environment": environment,
        "hubspoke:clusters": Object.fromEntries(clusters) as object,
    };
}
