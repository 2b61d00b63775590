import * as fs from "node:fs";
import { listProcesses } from "../processes";

/**
 * Memory of the lab's processes, by process, in MB. Pages that several processes share, such as one binary's code, are
 * divided among them (proportional set size, proc_pid_smaps_rollup(5)). Linux only.
 */
export function memoryOfLab(): { readonly name: string; readonly megabytes: number }[] {
    return listProcesses()
        .filter(({ alive }) => alive)
        .map(({ name, pid }) => {
            const rollup = fs.readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
            const kilobytes = Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? Number.NaN);
            return { name, megabytes: kilobytes / 1024 };
        });
}
