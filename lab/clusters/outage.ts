import { stopComponents } from "./components";
import { settleKwokctl } from "./kwokctl";
import type { ClusterName } from "./names";
import { readCluster } from "./record";
import { bringUp } from "./serving";
import { type Report, withClusters } from "./work";

/**
 * Ends the API server of one cluster, and nothing else: an outage of that cluster alone. Its data and
 * its other components stay. Returns false where it did not run.
 */
export async function stopApiServer(cluster: ClusterName, report: Report = () => undefined): Promise<boolean> {
    return withClusters(`stopping the API server of ${cluster}`, report, async () => {
        await settleKwokctl(cluster);
        return stopComponents(cluster, ["kube-apiserver"], 0);
    });
}

/**
 * Starts the API server of a cluster again, on the same port and data, with any other component that
 * ended, and waits until it is ready. Fails where the cluster was never complete: start the lab then.
 */
export async function startApiServer(cluster: ClusterName, report: Report = () => undefined): Promise<void> {
    const record = readCluster(cluster);
    if (!record?.complete) {
        throw new Error(`the cluster ${cluster} has no data to start from: run \`npm run lab\``);
    }
    await withClusters(`starting the API server of ${cluster}`, report, () => bringUp("start", cluster, record));
}
