import { announcePush, agentRepositoryUrl, writeAgentFile } from "../argocd";
import { hasStackFile, readCommitted, removeStackFile, writeStackFile } from "../stacks/project";
import { createIfMissing, destroy, pulumi, up } from "../stacks/pulumi";
import { scriptOk } from "../stacks/scripts";
import type { FleetCluster } from "./names";

/** The environment that the lean control planes are, and its stack. */
const environment = "fleet";

/** Clusters that one stack has; more of them are divided into shards, by `npm run fleet`. */
const clustersInStack = 10;

/** The agent without what only a cluster with nodes and an ingress controller has. */
const values = "# The lab's lean control planes.\nconfig:\n  LOG_LEVEL: info\nreplicas: 1\n";

/**
 * Registers the clusters by the program itself, as one environment: in one stack by `pulumi up`, or in shards by
 * `npm run fleet`. Clusters that are no longer among them are removed from the hub.
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
    writeStackFile(environment, configuration(names, labels));
    if (isDivided() || names.length > clustersInStack) {
        await createIfMissing(environment);
        await scriptOk("fleet", "up", environment);
    } else {
        await up(environment, report);
    }
    report(`${names.length} clusters are registered`);
}

/**
 * Divides the fleet into shards, for the applications that these labels choose on the hub.
 *
 * @param labels as those of {@link registerFleet}
 */
export async function divideFleet(
    names: readonly FleetCluster[],
    labels: Readonly<Record<string, string>>,
): Promise<void> {
    writeStackFile(environment, configuration(names, labels));
    await scriptOk("fleet", "plan", environment);
}

/** Previews the stacks of the fleet; fails if there is a change. */
export async function previewFleet(): Promise<void> {
    if (!isDivided()) {
        await pulumi(environment, ["preview", "--expect-no-changes"]);
        return;
    }
    const output = await scriptOk("fleet", "preview", environment);
    const changed = output.match(/^fleet-\d+ +\d+ +done +\d+ s +(?!nothing$)\S.*$/gm);
    if (changed !== null) {
        throw new Error(`a preview of the fleet has changes:\n${changed.join("\n")}`);
    }
}

/** Destroys the fleet's stacks, and removes its stack files. */
export async function unregisterFleet(report: (line: string) => void): Promise<void> {
    if (!hasStackFile(environment)) {
        return;
    }
    if (isDivided()) {
        await scriptOk("fleet", "destroy", environment, "--yes");
        await scriptOk("fleet", "join", environment);
    }
    await destroy(environment, report);
    removeStackFile(environment);
}

/** Names of the fleet's Applications. */
export function fleetApplications(names: readonly FleetCluster[]): string[] {
    return names.map((name) => `agent-${name}`);
}

function isDivided(): boolean {
    return hasStackFile(`${environment}-1`);
}

/** The settings of the committed environment staging, for these clusters. */
function configuration(names: readonly FleetCluster[], more: object): Record<string, unknown> {
    const labels = { deploy: "true", region: "lab", ...more };
    const clusters = names.map((name) => [name, { context: name, labels }]);
    return {
        ...readCommitted("staging"),
        "hubspoke:environment": environment,
        "hubspoke:clusters": Object.fromEntries(clusters) as object,
    };
}
