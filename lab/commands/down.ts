import * as fs from "node:fs";
import { stopArgoCd, stopGitServer } from "../argocd";
import { clearDelivery } from "../bench/delivery/clear";
import { clearHub } from "../bench/hub";
import { clusterStates, stopClusters } from "../clusters";
import { refuseLeftovers, removeKeptCrds } from "../leftovers";
import { labDir } from "../paths";
import { Phases } from "../phases";
import { listProcesses, stopProcess } from "../processes";
import { stopSimulation } from "../simulation";
import { destroy } from "../stacks/pulumi";
import { environmentStacks } from "../stacks/project";

/**
 * Destroys the stacks, environments first, checks that nothing of theirs is left on any cluster, and stops the lab.
 * Clusters that do not serve are only stopped: nothing can be destroyed on them, and nothing of them remains.
 */
export async function down(): Promise<void> {
    if (!fs.existsSync(labDir)) {
        process.stdout.write("There is no lab here.\n");
        return;
    }
    const phases = new Phases();
    const states = await clusterStates();
    const dead = states.filter(({ serving }) => !serving);
    if (dead.length === 0) {
        await clearDelivery();
        await clearHub((line) => process.stdout.write(`${line}\n`));
        await phases.run("pulumi destroy: environments", async (report) => {
            await Promise.all(environmentStacks.map((stack) => destroy(stack, report)));
        });
        await phases.run("pulumi destroy: hub", (report) => destroy("hub", report));
        await phases.run("nothing is left on the clusters", async () => {
            await removeKeptCrds();
            await refuseLeftovers();
        });
    }
    await phases.run("stopping", async (report) => {
        for (const { name, reason } of dead) {
            report(`${name} does not serve (${reason}): its stack goes with it`);
        }
        await stopSimulation();
        await stopArgoCd();
        await stopGitServer();
        await stopClusters(report);
        await Promise.all(listProcesses().map(({ name }) => stopProcess(name)));
        fs.rmSync(labDir, { recursive: true, force: true });
    });
}
