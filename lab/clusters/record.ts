import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { labDir } from "../paths";
import { freePorts, writeFileWhole } from "../processes";
import { type ClusterName, clusterNames } from "./names";

const portNames = [
    "kubeApiserverPort",
    "etcdPort",
    "etcdPeerPort",
    "kubeControllerManagerPort",
    "kubeSchedulerPort",
    "kwokControllerPort",
] as const;

const clusterRecord = z.object({
    /** By the name of kwokctl's option. */
    ports: z.record(z.enum(portNames), z.number()),
    /** Whether it has ever served with all its nodes: a cluster that has not is created again, not repaired. */
    complete: z.boolean(),
    /** Version of Kubernetes that it was created with; earlier labs did not record the only one. */
    kubernetes: z.string().optional(),
});

/** The lab's record of a cluster, in `<labDir>/clusters/<name>.json`. */
export type ClusterRecord = Readonly<z.infer<typeof clusterRecord>>;

/** The folder of the lab's files about its clusters. */
export const recordsDir = path.join(labDir, "clusters");

/** The cluster's record; undefined if it was never started, or the record cannot be read. */
export function readCluster(cluster: ClusterName): ClusterRecord | undefined {
    try {
        return clusterRecord.parse(JSON.parse(fs.readFileSync(recordFile(cluster), "utf8")));
    } catch {
        return undefined;
    }
}

/** Writes the cluster's record, in place of an earlier one. */
export function writeCluster(cluster: ClusterName, record: ClusterRecord): void {
    writeFileWhole(recordFile(cluster), `${JSON.stringify(record, undefined, 2)}\n`);
}

/** Removes the cluster's record, if there is one; its ports are then free for others. */
export function removeClusterRecord(cluster: ClusterName): void {
    fs.rmSync(recordFile(cluster), { force: true });
}

/** Chooses ports that are free on the machine and not reserved for another cluster of this lab, even a stopped one. */
export async function choosePorts(count: number): Promise<ClusterRecord["ports"][]> {
    const taken = clusterNames.flatMap((name) => Object.values(readCluster(name)?.ports ?? {}));
    const free = await freePorts(count * portNames.length, taken);
    return Array.from({ length: count }, (_, index) => {
        const own = free.slice(index * portNames.length);
        return Object.fromEntries(portNames.map((name, i) => [name, own[i]!])) as ClusterRecord["ports"];
    });
}

/** URL of the cluster's API server. */
export function serverUrl(record: ClusterRecord): string {
    return `https://127.0.0.1:${record.ports.kubeApiserverPort}`;
}

function recordFile(cluster: ClusterName): string {
    return path.join(recordsDir, `${cluster}.json`);
}
