import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { freePorts, writeFileWhole } from "../processes";
import { type FleetCluster, fleetDir } from "./names";

const port = z.number().int().positive();

const fleetRecord = z.object({
    etcd: z.object({ client: port, peer: port }),
    /** Port and administrator's token of each API server, by the cluster's name. */
    clusters: z.record(z.custom<FleetCluster>(), z.object({ port, token: z.string() })),
});

/** The lab's record of its lean control planes, in `<labDir>/fleet/fleet.json`. Addresses stay as long as it does. */
export type FleetRecord = z.infer<typeof fleetRecord>;

const file = path.join(fleetDir, "fleet.json");

/** The record; undefined if there are no lean control planes. */
export function readFleet(): FleetRecord | undefined {
    return fs.existsSync(file) ? fleetRecord.parse(JSON.parse(fs.readFileSync(file, "utf8"))) : undefined;
}

/** Writes the record; only its owner may read it, since it has tokens. */
export function writeFleet(record: FleetRecord): void {
    writeFileWhole(file, `${JSON.stringify(record, undefined, 2)}\n`, 0o600);
}

/** Ports that are free on the machine and in no record. */
export async function choosePorts(count: number): Promise<number[]> {
    const { etcd, clusters = {} } = readFleet() ?? {};
    const taken = [etcd?.client, etcd?.peer, ...Object.values(clusters).map((cluster) => cluster.port)];
    return freePorts(count, taken.filter((each) => each !== undefined));
}

/** The names in the record, in order. */
export function recordedClusters(): FleetCluster[] {
    return (Object.keys(readFleet()?.clusters ?? {}) as FleetCluster[]).sort();
}
