import * as fs from "node:fs";
import { stopArgoCd, stopGitServer } from "../argocd";
import { argoCdNamespace } from "../argocd/hub";
import { clearDelivery } from "../bench/delivery/clear";
import { clearHub } from "../bench/hub";
import { clusterStates, stopClusters } from "../clusters";
import { unregisterFleet } from "../fleet/stacks";
import { deadClusters, stopFleet } from "../fleet/stop";
import { kubectl } from "../kubectl";
import { refuseLeftovers, removeKeptCrds } from "../leftovers";
import { labDir } from "../paths";
import { Phases } from "../phases";
import { listProcesses, stopProcess } from "../processes";
import { stopSimulation } from "../simulation";
import { destroy, up } from "../stacks/pulumi";
import { changeInLab, environmentStacks, readInLab } from "../stacks/project";

/** Destroys also what the hub protects, and stacks of an earlier version, whose states do not remove the protection. */
async function allowDeletions(): Promise<void> {
    if ((await kubectl("hub", ["get", "crd", "applications.argoproj.io", "--ignore-not-found"])) === "") {
        return;
    }
    const onHub = ["--namespace", argoCdNamespace];
    const names = (await kubectl("hub", ["get", "applications", ...onHub, "--output=name"])).trim();
    if (names !== "") {
        await kubectl("hub", ["annotate", ...names.split("\n"), ...onHub, "--overwrite", "hubspoke/allow-delete=true"]);
    }
}

/** A stack deletes nothing on a cluster in quarantine, so that is lifted first. */
async function liftQuarantines(report: (line: string) => void): Promise<void> {
    for (const stack of environmentStacks) {
        const clusters = Object.entries((readInLab(stack)["hubspoke:clusters"] ?? {}) as Record<string, object>);
        const lifted = clusters.map(([name, settings]) => [name, { ...settings, quarantined: undefined }]);
        if (clusters.some(([, settings]) => "quarantined" in settings)) {
            const after = Object.fromEntries(lifted) as Record<string, object>;
            changeInLab(stack, (config) => ({ ...config, "hubspoke:clusters": after }));
            report(`the quarantine in stack ${stack} is lifted`);
            await up(stack, report);
        }
    }
}

/**
 * Destroys the stacks, environments first, checks that they left nothing on any cluster, and stops the lab.
 * Clusters that do not serve are only stopped: nothing can be destroyed on them, and their data is deleted.
 */
export async function down(): Promise<void> {
    if (!fs.existsSync(labDir)) {
        process.stdout.write("There is no lab here.\n");
        return;
    }
    const phases = new Phases();
    const states = await clusterStates();
    const dead = [
        ...states.filter(({ serving }) => !serving),
        ...deadClusters().map((name) => ({ name, reason: "a process of it has ended" })),
    ];
    if (dead.length === 0) {
        await clearDelivery();
        await clearHub((line) => process.stdout.write(`${line}\n`));
        await phases.run("pulumi destroy: environments", async (report) => {
            await liftQuarantines(report);
            await allowDeletions();
            await Promise.all(environmentStacks.map((stack) => destroy(stack, report)));
            await unregisterFleet(report);
        });
        await phases.run("pulumi destroy: hub", (report) => destroy("hub", report));
        await phases.run("nothing is left on the clusters", async () => {
            await removeKeptCrds();
            await refuseLeftovers();
        });
    }
    await phases.run("stopping", async (report) => {
        for (const { name, reason } of dead) {
            report(`${name} does not serve (${reason}): its stack is deleted with it`);
        }
        await stopSimulation();
        await stopArgoCd();
        await stopGitServer();
        await stopFleet();
        await stopClusters(report);
        await Promise.all(listProcesses().map(({ name }) => stopProcess(name)));
        fs.rmSync(labDir, { recursive: true, force: true });
    });
}
