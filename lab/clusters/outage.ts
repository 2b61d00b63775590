import { stopComponents } from "./components";
import { settleKwokctl } from "./kwokctl";
import type { ClusterName } from "./names";
import { readCluster } from "./record";
import { bringUp } from "./serving";
import { withClusters } from "./work";

/**
 * Ends only the API server of one cluster: an outage of that cluster. Its data and
 * its other components stay.
 */
export async function stopApiServer(cluster: ClusterName): Promise<void> {
    await withClusters(`stopping the API server of ${cluster}`, () => undefined, async () => {
        await settleKwokctl(cluster);
        await stopComponents(cluster, ["kube-apiserver"], 0);
    });
}

/**
 * Starts the API server of a cluster again, on the same port and data, with any other component that
 * ended, and waits until it is ready. Fails if the cluster was never complete: then start the lab.
 */
export async function startApiServer(cluster: ClusterName): Promise<void> {
    const record = readCluster(cluster);
    if (!record?.complete) {
        throw new Error(`the cluster ${cluster} has no data to start from: run \`npm run lab\``);
    }
    const purpose = `starting the API server of ${cluster}`;
    await withClusters(purpose, () => undefined, () => bringUp("start", cluster, record));
}
