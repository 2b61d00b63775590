const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** Milliseconds of a Go duration such as "1h30m", as the settings hold it. */
export function milliseconds(duration: string): number {
    return [...duration.matchAll(/(\d+)(ms|h|m|s)/g)].reduce(
        (sum, [, digits, unit]) => sum + Number(digits) * (units[unit ?? ""] ?? 0),
        0,
    );
}
