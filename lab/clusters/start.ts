import { whyNotReady } from "./api";
import { stopComponents } from "./components";
import { writeKubeconfig } from "./kubeconfig";
import { settleKwokctl } from "./kwokctl";
import { type ClusterName, clusterNames } from "./names";
import { ensureNodes } from "./nodes";
import { choosePorts, type ClusterRecord, readCluster, writeCluster } from "./record";
import { allComponentsRun, bringUp } from "./serving";
import { removeCluster } from "./stop";
import { defaultVersion, labVersion } from "../tools";
import { type Report, withClusters } from "./work";

/**
 * Makes sure that all clusters serve, in parallel, and that the kubeconfig names them. A running
 * cluster does not change; lost processes are restarted with their data; a cluster that was never
 * complete, or cannot be repaired, is created again.
 */
export async function startClusters(report: Report): Promise<void> {
    await withClusters("starting the clusters", report, async () => {
        refuseOtherVersion();
        const ports = await choosePorts(clusterNames.length);
        const started = await Promise.allSettled(clusterNames.map((name, i) => startCluster(name, ports[i]!, report)));
        const failures = started.filter((result) => result.status === "rejected");
        if (failures.length > 0) {
            const reasons = failures.map((failure) => failure.reason as Error);
            const messages = reasons.map(({ message }) => message).join("\n");
            throw new Error(`cannot start the lab's clusters:\n${messages}`, { cause: reasons[0] });
        }
        writeKubeconfig();
    });
}

/** A cluster's data cannot go to another version, least of all to an older one. */
function refuseOtherVersion(): void {
    const wanted = labVersion("kubernetes");
    for (const cluster of clusterNames) {
        const { complete = false, kubernetes = defaultVersion("kubernetes") } = readCluster(cluster) ?? {};
        if (complete && kubernetes !== wanted) {
            throw new Error(
                `this lab runs Kubernetes ${kubernetes}, and not ${wanted}. Run \`npm run lab:down\` first, ` +
                    "or start another lab beside it with another LAB_NAME",
            );
        }
    }
}

type Ports = ClusterRecord["ports"];

async function startCluster(cluster: ClusterName, spare: Ports, report: Report): Promise<void> {
    await settleKwokctl(cluster);
    const record = readCluster(cluster);
    if (!record?.complete) {
        return createCluster(cluster, spare, report);
    }
    const notReady = await whyNotReady(cluster);
    if (notReady === undefined && allComponentsRun(cluster)) {
        return;
    }
    report(`${cluster}: restarting components that had ended`);
    try {
        await repairCluster(cluster, record, notReady);
    } catch (error) {
        report(`${cluster}: cannot be repaired, so it is created again, empty: ${(error as Error).message}`, true);
        await createCluster(cluster, spare, report);
    }
}

async function repairCluster(cluster: ClusterName, record: ClusterRecord, notReady: string | undefined): Promise<void> {
    if (notReady !== undefined) {
        // A process that lives but does not serve may be ending, for up to a minute without its etcd.
        await stopComponents(cluster, ["kube-apiserver"], 0);
    }
    await bringUp("start", cluster, record);
    await ensureNodes(cluster);
}

async function createCluster(cluster: ClusterName, ports: Ports, report: Report): Promise<void> {
    const started = Date.now();
    await removeCluster(cluster);
    const record = { ports, complete: false, kubernetes: labVersion("kubernetes") };
    writeCluster(cluster, record);
    await bringUp("create", cluster, record);
    await ensureNodes(cluster);
    writeCluster(cluster, { ...record, complete: true });
    report(`${cluster}: serving after ${((Date.now() - started) / 1000).toFixed(1)} s`);
}
