import { z } from "zod";
import { goDuration } from "./duration";
import { count, quantity } from "./kinds";

export const scale = z
    .strictObject({
        shards: count.describe("Number of application controllers. Each cluster belongs to one controller."),
        shardingAlgorithm: z.enum(
            ["legacy", "round-robin", "consistent-hashing"],
            'must be "legacy", "round-robin" or "consistent-hashing". Write one of these',
        ).describe("How Argo CD distributes the clusters to the controllers."),
        statusProcessors: count.meta({
            description: "Applications that each controller compares at the same time.",
            examples: [50],
        }),
        operationProcessors: count.meta({
            description: "Applications that each controller syncs at the same time.",
            examples: [25],
        }),
        clientQps: count.meta({
            description: "Requests per second from each controller to one API server.",
            examples: [100],
        }),
        clientBurst: count.meta({
            description: "Requests in a burst from each controller to one API server.",
            examples: [200],
        }),
        repoServerParallelism: count.meta({
            description: "Manifests that each repo server renders at the same time.",
            examples: [20],
        }),
        reconciliation: goDuration.meta({
            description: "Interval at which Argo CD polls Git for changes.",
            examples: ["240s"],
        }),
        reconciliationJitter: goDuration.meta({
            description: "Maximum random time that Argo CD adds to this interval.",
            examples: ["60s"],
        }),
        clusterCacheResync: goDuration.describe("Interval at which Argo CD reads the state of a whole cluster again."),
        controllerCpu: quantity.meta({
            description: "CPU request of each controller, with `availability: ha`.",
            examples: ["500m"],
        }),
        controllerMemory: quantity.describe("Memory request of each controller, with `availability: ha`."),
        controllerMemoryLimit: quantity.describe("Memory limit of each controller, with `availability: ha`."),
    })
    .partial()
    .extend({
        exclusions: z
            .array(
                z.strictObject({
                    apiGroups: z
                        .array(z.string())
                        .min(1, 'names no group. Write for example ["batch"]')
                        .meta({ description: "API groups, as globs.", examples: [["batch"]] }),
                    kinds: z
                        .array(z.string())
                        .min(1, 'names no kind. Write for example ["Job"]')
                        .meta({ description: "Kinds, as globs.", examples: [["Job"]] }),
                    clusters: z
                        .array(z.string())
                        .meta({
                            description: "URLs of API servers, as globs. The default is every cluster.",
                            examples: [["https://api.prod.example.com:6443"]],
                        })
                        .optional(),
                }),
            )
            .describe("Resources that Argo CD ignores, in addition to those of its chart.")
            .default([]),
    })
    .describe("Settings for performance. Each replaces one value that `fleet` sets; see docs/scale.md.");
