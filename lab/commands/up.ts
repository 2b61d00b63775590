import { parseArgs } from "node:util";
import { areTokensFresh, chooseChart, logIn, publishAgentRepository, startArgoCd, startGitServer } from "../argocd";
import { clusterStates, startClusters } from "../clusters";
import { bringFleetTo } from "../fleet";
import { recordedClusters } from "../fleet/record";
import { deadClusters } from "../fleet/stop";
import { forgetUp, isUpToDate, rememberUp } from "../fingerprint";
import { labName } from "../paths";
import { Phases } from "../phases";
import { listProcesses } from "../processes";
import { startSimulation } from "../simulation";
import { isLocked } from "../stacks/lock";
import { up as bringUp, adminPassword } from "../stacks/pulumi";
import { expectedApplications, labOverlay } from "../stacks/overlay";
import { ensurePlugins } from "../stacks/plugins";
import { environmentStacks, readCommitted, stackNames, writeProject } from "../stacks/project";
import { phaseTable } from "../tables";
import { argoCdOfChart, ensureTools, labVersion, versionFlags } from "../tools";
import { unhealthyApplications, waitForApplications, waitForConnections } from "../waiting";
import { status } from "./status";

/**
 * Brings the whole lab up, if it is not up already: `npm run lab [-- --clusters NUMBER]`, with that number of lean
 * control planes beside the spokes, and in the versions that `--argo-cd` and `--kubernetes` name. It continues to run
 * afterwards.
 */
export async function up(): Promise<void> {
    const wanted = readFlags();
    const isThere = await isUp();
    if (isThere && wanted === recordedClusters().length && deadClusters().length === 0) {
        await status();
        process.stdout.write(`The lab is already up.\n${nextSteps()}\n`);
        return;
    }
    const phases = new Phases();
    const differences = isThere ? [] : await bringLabUp(phases);
    if (wanted > 0 || recordedClusters().length > 0) {
        forgetUp();
        await bringFleetTo(wanted, phases);
    }
    rememberUp();
    await status();
    const uses = isThere ? "" : indented("What this lab uses:", differences);
    process.stdout.write(`${phaseTable(phases.finished)}\n${uses}${nextSteps()}\n`);
}

/**
 * Sets the variables of the versions that flags name, for all that this process does.
 *
 * @returns the number of lean control planes that the command asks for; without it, as many as there are
 */
function readFlags(): number {
    const versions = Object.fromEntries(versionFlags.map(({ flag }) => [flag.slice(2), { type: "string" as const }]));
    const { values } = parseArgs({ args: process.argv.slice(3), options: { clusters: { type: "string" }, ...versions } });
    for (const { flag, variable } of versionFlags) {
        process.env[variable] = values[flag.slice(2) as keyof typeof values] ?? process.env[variable] ?? "";
    }
    const given = values.clusters ?? String(recordedClusters().length);
    if (!/^\d{1,3}$/.test(given)) {
        throw new Error(`--clusters: "${given}" is not a number from 0 to 999. Write for example --clusters 20`);
    }
    return Number(given);
}

/** Brings up the hub, its spokes and Argo CD, and returns what differs from a production system, a line each. */
async function bringLabUp(phases: Phases): Promise<string[]> {
    forgetUp();
    const differences = ["no admission webhook is called: nothing serves it on simulated nodes", versionsLine()];
    await phases.run("tools", ensureTools);
    await phases.run("control planes", async (report) => {
        await startClusters(report);
        await startSimulation(report);
    });
    await phases.run("plugins, chart and repository", async (report) => {
        differences.push(await ensurePlugins());
        const choice = await chooseChart(report);
        differences.push(choice.description);
        const { commit } = await publishAgentRepository();
        writeProject(labOverlay(choice, await startGitServer(), commit));
    });
    await phases.run("pulumi up: hub", (report) => bringUp("hub", report));
    await phases.run("Argo CD", async (report) => {
        await startArgoCd(report);
        await logIn(adminPassword);
    });
    await phases.run(`pulumi up: ${environmentStacks.join(", ")}`, async (report) => {
        await Promise.all(environmentStacks.map((stack) => bringUp(stack, report)));
    });
    await phases.run("agent on every cluster", async () => {
        await waitForApplications(expectedApplications());
        await waitForConnections(expectedApplications());
    });
    return differences;
}

/** Whether everything runs from the present checkout and for days to come, and no stack needs a repair. */
async function isUp(): Promise<boolean> {
    const processes = listProcesses();
    if (!isUpToDate() || stackNames.some(isLocked) || processes.some(({ alive }) => !alive) || !areTokensFresh()) {
        return false;
    }
    const states = await clusterStates();
    return states.every(({ serving }) => serving) && (await unhealthyApplications(expectedApplications())).length === 0;
}

/** The lab runs the version of Argo CD in its tools, not the version in the chart on the hub. */
function versionsLine(): string {
    const ours = labVersion("argoCd");
    const { version: chart } = readCommitted("hub")["hubspoke:chart"] as { version: string };
    const charts = argoCdOfChart[chart];
    const differs = ours === charts ? "as in" : `and not Argo CD ${charts} of`;
    return `Argo CD ${ours} runs on this machine, ${differs} the default chart, argo-cd ${chart}`;
}

function indented(title: string, lines: readonly string[]): string {
    return [title, ...lines.map((line) => `  ${line}`), ""].join("\n");
}

function nextSteps(): string {
    const lab = labName === "default" ? "" : `LAB_NAME=${labName} `;
    return [
        "The lab continues to run. Next steps:",
        `  ${lab}npm run lab:status            the tables again`,
        `  eval "$(${lab}npm run -s lab:env)"  then pulumi --stack staging preview, kubectl --context prod …, argocd app list`,
        `  ${lab}npm run lab:down              destroys the stacks and stops everything`,
    ].join("\n");
}
