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
    /** Whether it once served with all its nodes: a cluster that never did is made anew, not repaired. */
    complete: z.boolean(),
});

/** What the lab decided about a cluster, in `<labDir>/clusters/<name>.json`. */
export type ClusterRecord = Readonly<z.infer<typeof clusterRecord>>;

/** The folder of the lab's own files on its clusters. */
export const recordsDir = path.join(labDir, "clusters");

/** The cluster's record; undefined where it was never started or its record cannot be read. */
export function readCluster(cluster: ClusterName): ClusterRecord | undefined {
    try {
        return clusterRecord.parse(JSON.parse(fs.readFileSync(recordFile(cluster), "utf8")));
    } catch {
        return undefined;
    }
}

export function writeCluster(cluster: ClusterName, record: ClusterRecord): void {
    writeFileWhole(recordFile(cluster), `${JSON.stringify(record, undefined, 2)}\n`);
}

export function removeClusterRecord(cluster: ClusterName): void {
    fs.rmSync(recordFile(cluster), { force: true });
}

/** Chooses ports that neither the machine nor another cluster of this lab, even a stopped one, has. */
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
