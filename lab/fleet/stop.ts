import * as fs from "node:fs";
import { findProcess, stopProcess } from "../processes";
import { stopDeployments } from "./deployments";
import { type FleetCluster, fleetDir } from "./names";
import { apiServerProcess, controllersProcess, etcdProcess } from "./processes";
import { readFleet, recordedClusters, writeFleet } from "./record";

/** Nothing of a lean control plane needs a longer time to end. */
const grace = { graceMs: 2_000 };

/** Ends these control planes and forgets their addresses; the shared etcd keeps their data. */
export async function stopFleetClusters(names: readonly FleetCluster[]): Promise<void> {
    await Promise.all(
        names.map(async (name) => {
            await stopProcess(controllersProcess(name), grace);
            await stopProcess(apiServerProcess(name), grace);
        }),
    );
    const record = readFleet();
    if (record !== undefined) {
        const left = Object.entries(record.clusters).filter(([name]) => !names.some((each) => each === name));
        writeFleet({ ...record, clusters: Object.fromEntries(left) });
    }
}

/** Ends all lean control planes and what they share, and removes their data. */
export async function stopFleet(): Promise<void> {
    await stopDeployments();
    await stopFleetClusters(recordedClusters());
    await stopProcess(etcdProcess, grace);
    fs.rmSync(fleetDir, { recursive: true, force: true });
}

/** The lean control planes of which a process has ended. */
export function deadClusters(): FleetCluster[] {
    const ended = (name: string) => findProcess(name) === undefined;
    return recordedClusters().filter((name) => {
        return [etcdProcess, apiServerProcess(name), controllersProcess(name)].some(ended);
    });
}
