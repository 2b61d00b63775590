import { z } from "zod";
import { text } from "./kinds";
import { isAtLeast } from "./version";

/** Where Argo CD's chart comes from, and which versions of it this program supports. */

/**
 * The oldest argo-cd chart with every key that this program sets: the first with `server.httproute` (argo-helm, history
 * of charts/argo-cd/values.yaml). It ships Argo CD 3.1.8. A controller before 3.0.0 exits
 * at start on the flag `--metrics-cluster-labels`. test/unit/chartKeys.test.ts checks the keys of this version too.
 */
export const oldestChart = "8.6.0";

/**
 * Whether this program supports a version of the argo-cd chart.
 *
 * @returns what is wrong with it and what to do, without the setting's name; undefined if it is new enough
 */
export function chartProblem(version: string): string | undefined {
    if (isAtLeast(version, oldestChart)) {
        return undefined;
    }
    return (
        `chart ${version} is older than ${oldestChart}, the oldest with every value that this program sets; Helm ` +
        `silently drops unknown values. Write "${oldestChart}" or newer (docs/upgrade.md)`
    );
}

export const chart = z
    .strictObject({
        repository: z
            .url({ protocol: /^https?$/, error: "is not a valid HTTP(S) URL of a chart repository" })
            .meta({
                description: "URL of a chart repository. The default is the repository of argo-helm.",
                examples: ["https://charts.example.com"],
            })
            .optional(),
        oci: z
            .string()
            .startsWith("oci://", "is not a valid OCI reference. Write oci://host/path/argo-cd")
            .meta({
                description: "OCI reference of the chart. It needs `version`.",
                examples: ["oci://registry.example.com/charts/argo-cd"],
            })
            .optional(),
        path: text("a chart's folder or archive", "./charts/argo-cd")
            .describe("Local folder or archive of the chart. It excludes `version`.")
            .optional(),
        version: z
            .string("is not text. Put the version in quotes")
            .regex(/^\d+\.\d+\.\d+(-[\w.]+)?$/, {
                error: 'is not an exact version. Write for example "10.1.1"',
                abort: true,
            })
            .superRefine((version, context) => {
                const problem = chartProblem(version);
                if (problem !== undefined) {
                    context.addIssue({ code: "custom", message: problem });
                }
            })
            .meta({ description: `Version of the chart, at least ${oldestChart}.`, examples: ["10.1.1"] })
            .optional(),
        values: z
            .record(z.string(), z.unknown(), "must be a map of values of the argo-cd chart")
            .meta({
                description:
                    "Other values of the chart, over the program's. The preview lists them, and refuses what would undo a " +
                    "guarantee; see docs/pods.md.",
                examples: [{ server: { service: { type: "LoadBalancer" } } }],
            })
            .optional(),
    })
    .superRefine(({ repository, oci, path, version }, context) => {
        if ([repository, oci, path].filter((source) => source !== undefined).length > 1) {
            context.addIssue({ code: "custom", message: "has several sources. Keep one of repository, oci and path" });
        }
        if (oci !== undefined && version === undefined) {
            context.addIssue({ code: "custom", path: ["version"], message: 'is missing. Write for example "10.1.1"' });
        }
        if (path !== undefined && version !== undefined) {
            context.addIssue({ code: "custom", path: ["version"], message: "a chart at a path has its own version. Remove it" });
        }
    })
    .describe("Argo CD's Helm chart. Set at most one of `repository`, `oci` and `path`.");

/** Where Argo CD's chart comes from; by default from the argo-helm repository. */
export type ChartSource = z.output<typeof chart>;
