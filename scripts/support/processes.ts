import { execFileSync } from "node:child_process";
import * as fs from "node:fs";

/** The operating system's facts about a live process. */
export interface ProcessFacts {
    /** Changes when the process id is reused: it distinguishes our process from a later one with the same id. */
    readonly identity: string;
    /** Process group; equal to the id if the process leads its own group. */
    readonly group: number;
    /** Command line, arguments joined by spaces. */
    readonly command: string;
}

/**
 * Facts about a process; undefined if it has ended, or is a zombie, and for every process where the system has neither
 * /proc nor `ps`, as Windows.
 */
export function processFacts(pid: number): ProcessFacts | undefined {
    return process.platform === "linux" ? factsFromProc(pid) : factsFromPs(pid);
}

/**
 * Linux: /proc/PID/stat (proc_pid_stat(5)). Its start time counts ticks since boot, so unlike the
 * calendar time that `ps` prints, it does not move when the clock is set; the boot's id goes with it.
 */
function factsFromProc(pid: number): ProcessFacts | undefined {
    try {
        const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
        const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        const [state, , group] = fields;
        const startTicks = fields[19];
        if (state === "Z" || state === "X" || startTicks === undefined) {
            return undefined;
        }
        const boot = fs.readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
        const command = fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
        return { identity: `${boot}/${startTicks}`, group: Number(group), command };
    } catch {
        return undefined;
    }
}

function factsFromPs(pid: number): ProcessFacts | undefined {
    try {
        const columns = ["-ww", "-o", "stat=,pgid=,lstart=,command=", "-p", String(pid)];
        const line = execFileSync("ps", columns, {
            encoding: "utf8",
            env: { ...process.env, LC_ALL: "C" },
            stdio: ["ignore", "pipe", "ignore"],
        });
        return parsePs(line);
    } catch {
        return undefined;
    }
}

/** Reads a line of `ps -o stat=,pgid=,lstart=,command=` (macOS and Linux print the same). */
export function parsePs(line: string): ProcessFacts | undefined {
    const match = /^\s*(\S+)\s+(\d+)\s+(\w{3} \w{3} [ \d]\d [\d:]{8} \d{4})\s+(.*?)\s*$/.exec(line);
    const [, state, group, started, command] = match ?? [];
    if (!state || state.startsWith("Z") || !started || command === undefined) {
        return undefined;
    }
    return { identity: started, group: Number(group), command };
}
