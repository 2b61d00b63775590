import * as fs from "node:fs";
import { kubeconfigPath } from "../paths";
import { stopComponents } from "./components";
import { settleKwokctl } from "./kwokctl";
import { clusterDir, type ClusterName, clusterNames, components, kwokWorkDir } from "./names";
import { readCluster, recordsDir, removeClusterRecord, writeCluster } from "./record";
import { type Report, withClusters } from "./work";

/** A cluster that is deleted needs no longer grace period. */
const graceMs = 1_500;
const settleMs = 1_000;

/**
 * Ends all clusters, also incomplete ones, by their recorded process ids, and removes their data and
 * the kubeconfig.
 */
export async function stopClusters(report: Report): Promise<void> {
    await withClusters("stopping the clusters", report, async () => {
        await Promise.all(clusterNames.map(removeCluster));
        for (const leftover of [kubeconfigPath, kwokWorkDir, recordsDir]) {
            fs.rmSync(leftover, { recursive: true, force: true });
        }
    });
}

/** Ends every process of one cluster and removes all its data. */
export async function removeCluster(cluster: ClusterName): Promise<void> {
    const record = readCluster(cluster);
    if (record) {
        // From here on its data is invalid: after an interruption below, the next run must not repair it.
        writeCluster(cluster, { ...record, complete: false });
    }
    await settleKwokctl(cluster, settleMs);
    await stopComponents(cluster, components, graceMs);
    fs.rmSync(clusterDir(cluster), { recursive: true, force: true });
    removeClusterRecord(cluster);
}
