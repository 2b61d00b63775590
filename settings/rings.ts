import { z } from "zod";
import { goDuration } from "./duration";
import type { Problem } from "./given";
import { flag, text } from "./kinds";

/** Settings for a release in rings: `npm run promote` moves an environment's clusters in groups, one after another. */

const notLimit = 'is not a number or percentage. Write for example 1 or "5%"';

const ring = z
    .strictObject({
        clusters: z
            .strictObject({
                labels: z
                    .record(z.string().min(1), text("the value of a label", "true"))
                    .refine((labels) => Object.keys(labels).length > 0, "names no label. Add one")
                    .meta({ description: "Labels that each of these clusters has.", examples: [{ canary: "true" }] }),
            })
            .describe("The clusters of this ring, by their labels. Set exactly one of `clusters` and `percent`.")
            .optional(),
        percent: z
            .int("is not a whole number")
            .min(1, "must be at least 1")
            .max(100, "must be at most 100")
            .meta({
                description:
                    "Share of the environment's clusters that have the revision after this ring, rounded up; the rings before " +
                    "count. The choice is the same in every release.",
                examples: [10],
            })
            .optional(),
        soak: goDuration
            .describe("How long the clusters of this ring must be Synced and Healthy before the next ring.")
            .default("10m"),
        approve: flag
            .describe("`true`: this ring waits for `npm run promote -- --to STACK --approve`.")
            .default(false),
        maxFailed: z
            .union(
                [
                    z.int("is not a whole number").min(0, "must be at least 0").max(10_000, "must be at most 10000"),
                    z.string().regex(/^(\d{1,2}|100)%$/, notLimit),
                ],
                notLimit,
            )
            .meta({
                description:
                    "Number of this ring's clusters, or percentage rounded down, that may fail. With one more the release fails.",
                examples: ["5%"],
            })
            .default(0),
    });

/** A comparison as PromQL writes it. */
const comparison = /^(<=|<|>=|>|==|!=) ?(-?\d{1,15}(?:\.\d{1,15})?)$/;

const gate = z.strictObject({
    query: text("a query", "sum(rate(http_requests_failed_total[5m])) / sum(rate(http_requests_total[5m]))").describe(
        "Query in PromQL. `$clusters` in it becomes a regular expression of the names, in Argo CD, of the clusters that " +
            "have the revision: `{cluster=~\"$clusters\"}`.",
    ),
    threshold: text("a threshold", "< 0.01")
        .regex(comparison, 'is not a comparison with a number. Write for example "< 0.01"')
        .describe("Comparison that every series of the result must meet. A result without a series does not meet it."),
    for: goDuration
        .describe("The gate opens when the threshold was met for this time, and fails when it was never met for this time.")
        .default("5m"),
});

/** Prometheus over HTTPS, or on this machine: a port that is forwarded. */
const prometheusUrl = z
    .url({
        protocol: /^https?$/,
        error: 'is not a valid HTTPS URL. Write for example "https://prometheus.example.com"',
        abort: true,
    })
    .refine(
        (url) => url.startsWith("https:") || ["localhost", "127.0.0.1", "[::1]"].includes(new URL(url).hostname),
        "sends the credential and the answers in plain text over the network. Use https://",
    )
    .refine(
        (url) => !/^[^/]*\/\/[^/?#]*@/.test(url),
        "contains a credential, and a stack file is in Git. Set the variable PROMETHEUS_AUTHORIZATION instead",
    )
    .refine((url) => !/[?#]/.test(url), "has a query or a fragment, which is not part of a server's URL. Remove it");

export const rings = z
    .strictObject({
        rings: z
            .array(ring)
            .min(1, "names no ring. Write for example `- percent: 100`")
            .describe("The rings, in order. Each moves those of its clusters that no ring before it has moved."),
        gates: z
            .array(gate)
            .describe("Questions to Prometheus, all of which must be answered well before the next ring and at the end.")
            .default([]),
        prometheus: prometheusUrl
            .meta({
                description:
                    "URL of a server with Prometheus' API. The variable PROMETHEUS_AUTHORIZATION has the value of the header " +
                    "`Authorization`, such as `Bearer …`.",
                examples: ["https://prometheus.example.com"],
            })
            .optional(),
        onFailure: z
            .enum(["back", "pause"], 'must be "back" or "pause". Write one of these')
            .describe(
                "What a failed release does. `back`: every changed cluster goes back to the revision that it had. `pause`: it " +
                    "waits for `--resume` or `--back`.",
            )
            .default("back"),
    })
    .describe("A release in rings: how `npm run promote` moves the clusters of this environment (docs/releases.md).")
    .optional();

/** How `npm run promote` moves an environment's clusters. */
export type RingSettings = NonNullable<z.output<typeof rings>>;

/** A question to Prometheus. */
export type Gate = RingSettings["gates"][number];

/** What of a release in rings contradicts itself. */
export function ringProblems({ rollout }: { readonly rollout?: RingSettings | undefined }): Problem[] {
    if (rollout === undefined) {
        return [];
    }
    const { rings: all, gates, prometheus } = rollout;
    const problem = (path: Problem["path"], message: string) => ({ path: ["rollout", ...path], message });
    const both = 'needs exactly one of clusters and percent. Write for example "percent: 10"';
    const last = "does not reach every cluster. Add a last ring with `percent: 100`";
    const shares = all.flatMap(({ percent }, index) => (percent === undefined ? [] : [{ percent, index }]));
    const small = shares.filter(({ percent }, at) => percent <= (shares[at - 1]?.percent ?? 0));
    return [
        ...all.flatMap(({ clusters, percent }, index) =>
            (clusters === undefined) === (percent === undefined) ? [problem(["rings", index], both)] : [],
        ),
        ...small.map(({ index }) => problem(["rings", index, "percent"], "is not more than a ring before it has. Increase it")),
        ...(all.at(-1)?.percent === 100 ? [] : [problem(["rings"], last)]),
        ...(gates.length > 0 && prometheus === undefined
            ? [problem(["prometheus"], 'is missing, and the gates ask it. Write for example "https://prometheus.example.com"')]
            : []),
    ];
}

/** Whether a value meets a threshold such as `< 0.01`; NaN meets none. */
export function meets(value: number, threshold: string): boolean {
    const [, operator = "", digits = ""] = comparison.exec(threshold) ?? [];
    const limit = Number(digits);
    switch (operator) {
        case "<":
            return value < limit;
        case "<=":
            return value <= limit;
        case ">":
            return value > limit;
        case ">=":
            return value >= limit;
        case "==":
            return value === limit;
        default:
            return value !== limit && !Number.isNaN(value);
    }
}
