import { z } from "zod";

const wholeDuration = /^(\d+(h|m|s|ms))+$/;

/** A duration in Go's format. */
export const goDuration = z
    .string("is not text. Put it in quotes")
    .regex(wholeDuration, 'is not a valid Go duration. Write for example "180s" or "12h"')
    .meta({ examples: ["12h"] });

/** The shortest lifetime of a ServiceAccount's token that an API server accepts, in seconds. */
export const shortestLifetime = 600;

/** How long a token of a ServiceAccount is valid. */
export const tokenLifetime = goDuration.refine(
    (given) => milliseconds(given) >= shortestLifetime * 1000,
    "is shorter than Kubernetes allows. Write at least 10m",
);

/** A duration in Prometheus's format: units from large to small, each at most once. */
export const prometheusDuration = z
    .string("is not text. Put it in quotes")
    .regex(/^(\d+h(\d+m)?(\d+s)?|\d+m(\d+s)?|\d+s)$/, 'is not a valid Prometheus duration. Write for example "30s" or "1h30m"')
    .meta({ examples: ["10m"] });

const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** Milliseconds of a duration of either kind, such as "1h30m"; 0 for any other text, which no command accepts. */
export function milliseconds(duration: string): number {
    if (!wholeDuration.test(duration)) {
        return 0;
    }
    return [...duration.matchAll(/(\d{1,15})(ms|h|m|s)/g)].reduce(
        (sum, [, digits, unit]) => sum + Number(digits) * (units[unit ?? ""] ?? 0),
        0,
    );
}
