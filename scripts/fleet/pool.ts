import { inParallel } from "../support/inParallel";
import { signals } from "../support/interruption";
import { say } from "../support/main";
import type { Outcome } from "./runs";

/** Interval of the lines about what runs, in milliseconds. */
const tellMs = 30_000;

/** Work on one shard; it reports each resource that is done, and never throws. */
export type Work = (stack: string, onResource: () => void) => Promise<Outcome>;

/**
 * Runs work on stacks, some at the same time; a failure stops no other. An interruption (SIGINT, SIGTERM, SIGHUP) lets
 * what runs end, and starts nothing more.
 *
 * @returns the outcome of each stack, in their order
 */
export async function inPool(stacks: readonly string[], parallel: number, work: Work): Promise<Outcome[]> {
    let done = 0;
    const running = new Map<string, { readonly since: number; resources: number }>();
    let isStopped = false;
    const stop = () => {
        isStopped = true;
    };
    const tell = () => {
        const list = [...running].map(([stack, { since, resources }]) => {
            return `${stack} (${((Date.now() - since) / 1000).toFixed(0)} s, ${resources} resources)`;
        });
        say(`${done} of ${stacks.length} done; running: ${list.join(", ")}`);
    };
    const one = async (stack: string): Promise<Outcome> => {
        if (isStopped) {
            return { stack, result: "not started", seconds: 0, changes: "" };
        }
        const progress = { since: Date.now(), resources: 0 };
        running.set(stack, progress);
        say(`${stack}: begins`);
        const outcome = await work(stack, () => (progress.resources += 1));
        running.delete(stack);
        done += 1;
        say(`${stack}: ${outcome.result} after ${outcome.seconds.toFixed(0)} s, ${outcome.changes}`);
        return outcome;
    };
    const timer = setInterval(tell, tellMs);
    signals.forEach((signal) => process.on(signal, stop));
    try {
        return await inParallel(stacks, parallel, one);
    } finally {
        clearInterval(timer);
        signals.forEach((signal) => process.off(signal, stop));
    }
}

/** The outcomes as a table, and the first error of each stack that failed. */
export function report(outcomes: readonly Outcome[], clusters: Readonly<Record<string, readonly string[]>>): string {
    const rows = outcomes.map(({ stack, result, seconds, changes }) => {
        return [stack, String(clusters[stack]?.length ?? 0), result, `${seconds.toFixed(0)} s`, changes];
    });
    const errors = outcomes.flatMap(({ stack, error }) => (error === undefined ? [] : [`${stack}: ${error}`]));
    return [...columns([["shard", "clusters", "result", "time", "changes"], ...rows]), ...errors].join("\n");
}

/** Lines with aligned columns. */
function columns(rows: readonly (readonly string[])[]): string[] {
    const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
    return rows.map((row) => row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join("  ").trimEnd());
}
