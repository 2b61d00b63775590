import * as fs from "node:fs";
import * as os from "node:os";
import { setInterval } from "node:timers";
import { proportionalMegabytes } from "./memory";
import { processorSeconds } from "./processor";

/** What a piece of work cost. */
export interface Usage {
    readonly seconds: number;
    /** Processor time of the commands that it ran. */
    readonly processor: number;
    /** The most memory that these commands had together, in MB: proportional set size, looked at each second. */
    readonly megabytes: number;
    /** Processes that wanted a processor, on average over the minute before the end. */
    readonly load: number;
}

/** Runs work that runs commands, and measures them. Linux only. */
export async function measured(work: () => Promise<unknown>): Promise<Usage> {
    const [began, before] = [performance.now(), processorSeconds()];
    let megabytes = 0;
    const look = () => {
        megabytes = Math.max(megabytes, descendants(process.pid).map(proportionalMegabytes).reduce((a, b) => a + b, 0));
    };
    const timer = setInterval(look, 1_000);
    try {
        await work();
    } finally {
        clearInterval(timer);
    }
    return {
        seconds: (performance.now() - began) / 1000,
        processor: processorSeconds() - before,
        megabytes,
        load: os.loadavg()[0] ?? 0,
    };
}

/** The ids of all processes below a process (proc_pid_task_children(5)); one that has just ended has none. */
function descendants(pid: number): number[] {
    try {
        const children = fs.readdirSync(`/proc/${pid}/task`).flatMap((task) => {
            const text = fs.readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").trim();
            return text === "" ? [] : text.split(" ").map(Number);
        });
        return children.flatMap((child) => [child, ...descendants(child)]);
    } catch {
        return [];
    }
}
