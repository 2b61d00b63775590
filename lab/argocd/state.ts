import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { findProcess, freePorts, isFree, writeFileWhole } from "../processes";
import { argoCdDir, portsBy, type Ports } from "./components";

const state = z.object({
    /** Kept from run to run, so that addresses stay while no other program uses them. */
    ports: z.record(z.string(), z.number()),
    /** A hash of each process's inputs, including secrets. */
    fingerprints: z.record(z.string(), z.string()),
});

/** The lab's record of Argo CD's processes between runs. */
export type State = z.infer<typeof state>;

const stateFile = path.join(argoCdDir, "state.json");

/** The recorded state; empty if there is none, or it cannot be read. */
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

/** Records the inputs of a process. */
export function rememberFingerprint(name: string, fingerprint: string): void {
    const { ports, fingerprints } = readState();
    writeState({ ports, fingerprints: { ...fingerprints, [name]: fingerprint } });
}

/**
 * The recorded ports, each replaced by a free one if another program uses it now. A port in
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

/** A free port that differs from the others: of random ports, two are equal once in two hundred labs. */
export async function freshPort(taken: readonly number[]): Promise<number> {
    const [port] = await freePorts(1, taken);
    return port!;
}
