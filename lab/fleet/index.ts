import { writeKubeconfig } from "../clusters/kubeconfig";
import type { Phases } from "../phases";
import { waitForRevision } from "../waiting";
import { fleetNames } from "./names";
import { recordedClusters } from "./record";
import { fleetApplications, registerFleet, unregisterFleet } from "./stacks";
import { startFleet } from "./start";
import { stopFleet, stopFleetClusters } from "./stop";

/**
 * Brings a running lab to this number of lean control planes: each is started, registered by the program, and gets the
 * agent from Argo CD; those that are too many are removed from the hub, and ended.
 */
export async function bringFleetTo(count: number, phases: Phases): Promise<void> {
    if (count === 0) {
        await phases.run("the lean control planes' end", async (report) => {
            await unregisterFleet(report);
            await stopFleet();
            writeKubeconfig();
        });
        return;
    }
    const names = fleetNames(count);
    const surplus = recordedClusters().filter((name) => !names.includes(name));
    await phases.run(`${count} lean control planes`, (report) => startFleet(count, report));
    await phases.run("pulumi up: fleet", (report) => registerFleet(names, report));
    await stopFleetClusters(surplus);
    writeKubeconfig();
    await phases.run("agent on every lean control plane", () => waitForRevision(fleetApplications(names)));
}
