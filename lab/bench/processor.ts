import * as fs from "node:fs";

/** Ticks a second of the clock in /proc: the same on every Linux machine (sysconf, _SC_CLK_TCK). */
const ticks = 100;

/**
 * Processor time of all finished commands of this process, with the processes that they started, in
 * seconds (proc_pid_stat(5), cutime and cstime). Linux only.
 */
export function processorSeconds(): number {
    const stat = fs.readFileSync("/proc/self/stat", "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[13]) + Number(fields[14])) / ticks;
}
