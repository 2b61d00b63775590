import { readApplications, readClusters } from "../argocd";
import { argoCdSession } from "../session";
import { applicationTable, clusterTable } from "../tables";
import { clusterStates } from "../clusters";
import { fleetSummary } from "../fleet/summary";

/** Prints the state of Argo CD's clusters and Applications, and which control planes do not serve. */
export async function status(): Promise<void> {
    const states = await clusterStates();
    for (const { name, serving, reason } of states.filter((state) => !state.serving)) {
        process.stdout.write(`${name}: ${serving ? "serving" : reason}\n`);
    }
    if (states.find(({ name }) => name === "hub")?.serving !== true) {
        throw new Error("the hub does not serve, so Argo CD's state is unknown. Start the lab with `npm run lab`");
    }
    const argoCd = await argoCdSession();
    const [clusters, applications] = await Promise.all([readClusters(argoCd), readApplications(argoCd)]);
    const { line, others } = fleetSummary(clusters, applications);
    process.stdout.write(`${clusterTable(others.clusters)}\n${applicationTable(others.applications)}\n${line}`);
}
