import type { ApplicationRow, ClusterRow } from "../argocd";
import { recordedClusters } from "./record";
import { deadClusters } from "./stop";

interface Rows {
    readonly clusters: readonly ClusterRow[];
    readonly applications: readonly ApplicationRow[];
}

/**
 * One line about the lean control planes, in place of a row for each; rows stay for those that are not connected, and
 * for Applications that are not Synced and Healthy.
 */
export function fleetSummary(
    clusters: readonly ClusterRow[],
    applications: readonly ApplicationRow[],
    names: readonly string[] = recordedClusters(),
    dead: readonly string[] = deadClusters(),
): { readonly line: string; readonly others: Rows } {
    if (names.length === 0) {
        return { line: "", others: { clusters, applications } };
    }
    const isGood = ({ sync, health }: ApplicationRow) => sync === "Synced" && health === "Healthy";
    const ofFleet = applications.filter(({ cluster }) => names.includes(cluster));
    const connected = clusters.filter(({ name, connection }) => names.includes(name) && connection === "Successful");
    const good = ofFleet.filter(isGood);
    const line =
        `${names.length} lean control planes, ${names[0]} to ${names.at(-1)}: ${names.length - dead.length} run, ` +
        `Argo CD is connected to ${connected.length}; ${good.length} of ${ofFleet.length} Applications Synced and Healthy\n`;
    return {
        line,
        others: {
            clusters: clusters.filter((row) => !connected.includes(row)),
            applications: applications.filter((row) => !good.includes(row)),
        },
    };
}
