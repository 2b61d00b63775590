import { z } from "zod";
import { at } from "../read";
import { rule } from "../rule";

/** Parts of Argo CD, by their names in the argo-cd chart. */
const parts = ["controller", "server", "repoServer", "applicationSet"];

function replicas(values: unknown, part: string): number {
    const least =
        at(values, part, "autoscaling", "enabled") === true
            ? at(values, part, "autoscaling", "minReplicas")
            : at(values, part, "replicas");
    return typeof least === "number" ? least : 1;
}

export const hubAvailable = rule({
    name: "hub-available",
    description: "The hub survives the loss of a pod and the drain of a node: two replicas of each part, and a highly available Redis.",
    options: z.strictObject({ replicas: z.int().min(1).default(2) }),
    check: ({ type, props }, { options }) => {
        if (type !== "kubernetes:helm.sh/v3:Release" || at(props, "name") !== "argocd") {
            return [];
        }
        const values = at(props, "values");
        const remedy = "Write `availability: ha`";
        return [
            ...parts
                .filter((part) => replicas(values, part) < options.replicas)
                .map((part) => `has ${replicas(values, part)} of ${part}, but must have ${options.replicas}. ${remedy}`),
            ...parts
                .filter((part) => at(values, part, "pdb", "enabled") !== true)
                .map((part) => `has no disruption budget for ${part}. ${remedy}`),
            ...(at(values, "redis-ha", "enabled") === true ? [] : [`has only one Redis. ${remedy}`]),
        ];
    },
});
