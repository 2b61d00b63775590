import { z } from "zod";
import { dnsLabel, text } from "./kinds";

/** Where an environment's clusters come from, if they are not written by hand. */
export const clustersFrom = z
    .strictObject({
        file: text("a YAML file", "clusters.yaml")
            .describe("YAML file, relative to Pulumi.yaml, with a map like `clusters`.")
            .optional(),
        command: z
            .array(z.string("must be text. Put it in quotes"), 'must be a list of words. Write for example ["sh", "clusters.sh"]')
            .min(1, "names no command")
            .meta({
                description:
                    "Command that prints such a map as YAML or JSON within a minute, in the folder of Pulumi.yaml. No shell " +
                    "runs it. Each preview and each `up` runs it again.",
                examples: [["sh", "clusters.sh"]],
            })
            .optional(),
        removed: z
            .array(dnsLabel("a cluster's name", "prod-eu"), "must be a list of the clusters' names. Write for example [prod-eu]")
            .meta({
                description:
                    "Clusters to remove. A registered cluster that the file or the command does not name any more is " +
                    "refused, and not removed, until it is in this list.",
                examples: [["prod-eu"]],
            })
            .default([]),
    })
    .refine(
        ({ file, command }) => (file === undefined) !== (command === undefined),
        "must have exactly one of file and command. Write `file: clusters.yaml` or `command: [sh, clusters.sh]`",
    )
    .describe(
        "Settings of clusters from a file or a command, for more clusters than a person writes. What `clusters` says of one " +
            "of them, such as `revision` or `quarantined`, is added, and has priority.",
    );

export type ClustersFrom = z.output<typeof clustersFrom>;
