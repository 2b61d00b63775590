import { z } from "zod";
import type { Problem } from "./given";

export const impersonation = z
    .enum(["off", "prepared", "on"], 'must be "off", "prepared" or "on". Write one of these')
    .describe(
        "Argo CD syncs each application as an account of its own on each cluster, which has no rights in the namespaces of " +
            "others. `prepared`: the environments make these accounts. `on`: Argo CD uses them. It needs Argo CD 3.5; see " +
            "docs/applications.md.",
    )
    .default("off");

/** How far the hub is with accounts for syncs. */
export type Impersonation = z.output<typeof impersonation>;

/** What of the hub's settings does not go together with accounts for syncs, which the hub itself does not have. */
export function impersonationProblems(given: {
    readonly impersonation: Impersonation;
    readonly labels: Readonly<Record<string, string | undefined>>;
}): Problem[] {
    const message = 'is not "off", and labels.deploy delivers the agent to the hub, which has no accounts for syncs. Change one';
    return given.impersonation !== "off" && given.labels.deploy === "true" ? [{ path: ["impersonation"], message }] : [];
}
