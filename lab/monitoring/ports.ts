import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { labDir } from "../paths";
import { freePorts, isFree, listProcesses, writeFileWhole } from "../processes";

const names = [
    "agentStaging",
    "agentProd",
    "agentDr",
    "blackboxHub",
    "blackboxOutside",
    "prometheus",
    "alertmanager",
    "people",
    "failoverReceiver",
    "dnsEtcd",
    "dnsEtcdPeer",
    "dns",
    "externalDns",
] as const;

/** Loopback ports of the lab's monitoring, by name. */
export type MonitoringPorts = Readonly<Record<(typeof names)[number], number>>;

/** All files of the lab's monitoring. */
export const monitoringDir = path.join(labDir, "monitoring");

const file = path.join(monitoringDir, "ports.json");

let chosen: Promise<MonitoringPorts> | undefined;

/**
 * The ports, chosen when first asked for, and kept: the stacks' settings name the agents' ports. While anything that
 * uses one runs, all stay; otherwise a port that another program uses now is replaced.
 */
export function monitoringPorts(): Promise<MonitoringPorts> {
    chosen ??= choosePorts();
    return chosen;
}

async function choosePorts(): Promise<MonitoringPorts> {
    const before = readPorts();
    const inUse = new Set(listProcesses().filter(({ alive }) => alive).flatMap(({ ports }) => ports));
    const running = names.some((name) => before[name] !== undefined && inUse.has(before[name]));
    const kept: Record<string, number> = {};
    for (const name of names) {
        const port = before[name];
        if (port !== undefined && (running || (await isFree(port)))) {
            kept[name] = port;
        }
    }
    const missing = names.filter((name) => kept[name] === undefined);
    const free = await freePorts(missing.length, Object.values(kept));
    const ports = { ...kept, ...Object.fromEntries(missing.map((name, index) => [name, free[index]])) };
    writeFileWhole(file, `${JSON.stringify(ports, undefined, 2)}\n`);
    return ports as MonitoringPorts;
}

function readPorts(): Readonly<Record<string, number>> {
    try {
        return z.record(z.string(), z.number()).parse(JSON.parse(fs.readFileSync(file, "utf8")));
    } catch {
        return {};
    }
}
