import { z } from "zod";
import { at, isClusterSecret } from "../read";
import { rule } from "../rule";

export const clusterLabels = rule({
    name: "cluster-labels",
    description: "Every cluster has the labels by which Applications and people find it.",
    options: z.strictObject({ labels: z.array(z.string().min(1)).default(["environment", "region", "deploy"]) }),
    check: ({ type, props }, { options: { labels } }) =>
        isClusterSecret({ type, props })
            ? labels
                  .filter((label) => !at(props, "metadata", "labels", label))
                  .map((label) => `has no label ${label}. Add it to the cluster's labels`)
            : [],
});
