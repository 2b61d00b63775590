import * as fs from "node:fs";
import * as path from "node:path";
import { bundleScript, findProcess, startProcess, stopProcess, writeFileWhole } from "../processes";
import { fleetServer } from "./api";
import type { DeploymentsConfig } from "./deploymentsMain";
import { type FleetCluster, fleetDir } from "./names";

const processName = "fleet-deployments";
const config = path.join(fleetDir, "deployments.json");
const script = path.join(fleetDir, "deployments.cjs");

/** Runs the stand-in for these clusters' Deployment controllers and nodes: it reports each Deployment as available. */
export async function startDeployments(names: readonly FleetCluster[]): Promise<void> {
    const content = JSON.stringify({ servers: names.map(fleetServer) } satisfies DeploymentsConfig);
    if (findProcess(processName) !== undefined && fs.readFileSync(config, "utf8") === content) {
        return;
    }
    await stopProcess(processName);
    await bundleScript(path.join(__dirname, "deploymentsMain.ts"), script);
    writeFileWhole(config, content, 0o600);
    await startProcess({ name: processName, command: process.execPath, args: [script, config], env: {} });
}

/** Ends the stand-in. */
export async function stopDeployments(): Promise<void> {
    await stopProcess(processName);
}
