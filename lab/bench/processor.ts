import * as fs from "node:fs";

/** The clock that /proc counts in, in ticks a second: Linux has it so on every machine (sysconf, _SC_CLK_TCK). */
const ticks = 100;

/**
 * Processor time of all commands that this process has run to their end, with the processes that they started, in
 * seconds (proc_pid_stat(5), cutime and cstime). Linux only.
 */
export function processorSeconds(): number {
    const stat = fs.readFileSync("/proc/self/stat", "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[13]) + Number(fields[14])) / ticks;
}
