const units = { h: 3600, m: 60, s: 1 };

/** A duration such as `1h30m` in seconds, which PromQL can compare with. */
export function seconds(duration: string): number {
    return [...duration.matchAll(/(\d+)([hms])/g)].reduce(
        (sum, [, number, unit]) => sum + Number(number) * units[unit as keyof typeof units],
        0,
    );
}
