import { milliseconds } from "../../../settings/duration";
import { type Gate, meets } from "../../../settings/rings";
import type { AskSeries, Series } from "./prometheus";

/** Number of moments in a gate's time at which the answer is looked at. */
const moments = 20;

/** How a gate stands. */
export type GateState = { readonly open: true } | { readonly failed: string } | { readonly seen: string };

/** Seconds between the moments of a gate. */
function stepOf(gate: Gate): number {
    return Math.max(1, Math.ceil(milliseconds(gate.for) / 1000 / moments));
}

/** How long after its begin a gate can open, in milliseconds: its time, which begins at a multiple of the step. */
export function observationOf(gate: Gate): number {
    return milliseconds(gate.for) + stepOf(gate) * 1000;
}

/**
 * How a gate stands now: it looks at the last `for` of what Prometheus recorded, so that an interruption loses nothing.
 * A moment without any series is one at which the threshold was not met. Moments are multiples of the step: the query
 * frontend of Thanos answers for such ones, whatever it is asked for.
 *
 * @param clusters names in Argo CD, for `$clusters`
 * @param sinceMs when the pins moved: what was before does not count
 */
export async function stateOf(
    gate: Gate,
    clusters: readonly string[],
    { sinceMs, now }: { readonly sinceMs: number; readonly now: number },
    askSeries: AskSeries,
): Promise<GateState> {
    const name = `the gate ${gate.query} ${gate.threshold}`;
    const lengthMs = milliseconds(gate.for);
    const step = stepOf(gate);
    const to = Math.floor(now / 1000 / step) * step;
    const count = Math.floor(lengthMs / 1000 / step) + 1;
    const times = Array.from({ length: count }, (_, index) => to - (count - 1 - index) * step);
    const from = times[0] ?? to;
    if (from * 1000 < sinceMs) {
        return { seen: `${name} is observed for less than ${gate.for}` };
    }
    let series: readonly Series[];
    try {
        series = await askSeries(gate.query.replaceAll("$clusters", anyOf(clusters)), from, to, step);
    } catch (error) {
        return { seen: `${name}: ${(error as Error).message}` };
    }
    const met = times.map((time) => {
        const values = series.flatMap((one) => one.get(time) ?? []);
        return values.length > 0 && values.every((value) => meets(value, gate.threshold));
    });
    if (met.every((is) => is)) {
        return { open: true };
    }
    const last = series.flatMap((one) => one.get(to) ?? []);
    const seen = `${name}: ${last.length === 0 ? "the query returns nothing" : `is ${last.join(", ")}`}`;
    return met.some((is) => is) ? { seen: `${seen}; the threshold was met for a part of ${gate.for}` } : { failed: seen };
}

/** A regular expression of exactly these names, as it stands inside a string of PromQL. */
function anyOf(names: readonly string[]): string {
    const expression = names.map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|");
    return JSON.stringify(expression).slice(1, -1);
}
