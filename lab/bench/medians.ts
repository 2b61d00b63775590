/** Times of several cases, measured equally often and alternating, so that other load affects all of them equally. */
export async function inTurns(
    rounds: number,
    cases: Readonly<Record<string, () => Promise<unknown>>>,
): Promise<Record<string, number>> {
    const times: Record<string, number[]> = {};
    for (let round = 0; round < rounds; round++) {
        for (const [name, work] of Object.entries(cases)) {
            (times[name] ??= []).push(await seconds(work));
        }
    }
    return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
}

/** The duration of a function, in seconds. */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
    const begin = performance.now();
    await work();
    return (performance.now() - begin) / 1000;
}

/** The middle one of an odd number of values. */
export function median(values: readonly number[]): number {
    const sorted = [...values].sort((left, right) => left - right);
    return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
