import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { findProcess, freePorts, isFree, writeFileWhole } from "../processes";
import { argoCdDir, portsBy, type Ports } from "./components";

const state = z.object({
    /** Kept from run to run, so that addresses stay while nothing else takes them. */
    ports: z.record(z.string(), z.number()),
    /** What each process was started with, as a hash: it covers secrets. */
    fingerprints: z.record(z.string(), z.string()),
});

/** What the lab remembers of Argo CD's processes between runs. */
export type State = z.infer<typeof state>;

const stateFile = path.join(argoCdDir, "state.json");

/** The remembered state; an empty one where there is none, or none that can be read. */
export function readState(): State {
    try {
        return state.parse(JSON.parse(fs.readFileSync(stateFile, "utf8")));
    } catch {
        return { ports: {}, fingerprints: {} };
    }
}

function writeState(next: State): void {
    writeFileWhole(stateFile, `${JSON.stringify(next, undefined, 2)}\n`, 0o600);
}

/** Notes what a process was started with. */
export function rememberFingerprint(name: string, fingerprint: string): void {
    const { ports, fingerprints } = readState();
    writeState({ ports, fingerprints: { ...fingerprints, [name]: fingerprint } });
}

/**
 * The remembered ports, each replaced by a free one where another program has taken it meanwhile. A port in
 * use by our own running process is kept.
 */
export async function choosePorts(processes: readonly string[]): Promise<Ports> {
    const remembered = readState();
    const ours = new Set(processes.flatMap((name) => findProcess(name)?.ports ?? []));
    const ports = await portsBy(async (name, taken) => {
        const before = remembered.ports[name];
        const isKept = before !== undefined && !taken.includes(before) && (ours.has(before) || (await isFree(before)));
        return isKept ? before : freshPort(taken);
    });
    writeState({ ...remembered, ports });
    return ports;
}

/** A free port that none of the others has: chosen at random, two are the same once in two hundred labs. */
export async function freshPort(taken: readonly number[]): Promise<number> {
    const [port] = await freePorts(1, taken);
    return port!;
}
