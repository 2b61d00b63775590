import * as fs from "node:fs";
import { listProcesses } from "../processes";

/** Memory of the lab's processes, by process, in MB. Linux only. */
export function memoryOfLab(): { readonly name: string; readonly megabytes: number }[] {
    return listProcesses()
        .filter(({ alive }) => alive)
        .map(({ name, pid }) => ({ name, megabytes: proportionalMegabytes(pid) }));
}

/**
 * Memory of a process, in MB, 0 if it has ended. Pages that several processes share, such as one binary's code, are
 * divided among them (proportional set size, proc_pid_smaps_rollup(5)).
 */
export function proportionalMegabytes(pid: number): number {
    return kilobytesIn(`/proc/${pid}/smaps_rollup`, /^Pss:\s+(\d+) kB/m) / 1024;
}

/** The most memory that a process has had since its start, in MB (resident set size, VmHWM in proc_pid_status(5)). */
export function peakMegabytes(pid: number): number {
    return kilobytesIn(`/proc/${pid}/status`, /^VmHWM:\s+(\d+) kB/m) / 1024;
}

function kilobytesIn(file: string, pattern: RegExp): number {
    try {
        return Number(pattern.exec(fs.readFileSync(file, "utf8"))?.[1] ?? 0);
    } catch {
        return 0;
    }
}
