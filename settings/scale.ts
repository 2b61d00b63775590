import { z } from "zod";
import { goDuration } from "./duration";
import { count, quantity } from "./kinds";

/** Each replaces one number that `fleet` chooses; components/argoCd/scale.ts says what each means. */
export const scale = z
    .strictObject({
        shards: count,
        shardingAlgorithm: z.enum(
            ["legacy", "round-robin", "consistent-hashing"],
            'is "legacy", "round-robin" or "consistent-hashing". Write one of these',
        ),
        statusProcessors: count,
        operationProcessors: count,
        clientQps: count,
        clientBurst: count,
        repoServerParallelism: count,
        reconciliation: goDuration,
        reconciliationJitter: goDuration,
        clusterCacheResync: goDuration,
        controllerCpu: quantity,
        controllerMemory: quantity,
        controllerMemoryLimit: quantity,
    })
    .partial()
    .extend({
        exclusions: z
            .array(
                z.strictObject({
                    apiGroups: z.array(z.string()).min(1, 'names no group. Write for example ["batch"]'),
                    kinds: z.array(z.string()).min(1, 'names no kind. Write for example ["Job"]'),
                    clusters: z.array(z.string()).optional(),
                }),
            )
            .default([]),
    });
