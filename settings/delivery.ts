import { z } from "zod";
import { goDuration } from "./duration";
import type { Problem } from "./given";
import { count, dnsLabel, flag, noNumber, quantity, text } from "./kinds";

/** Settings for how releases reach the environments, and for the namespaces that they run in. */

export const environmentName = noNumber(dnsLabel("the environment's name", "staging"));

const step = z.strictObject({
    environments: z
        .array(environmentName)
        .min(1, "names no environment. Add one, or remove the step")
        .describe("Environments of this step."),
    maxUpdate: z
        .union([count, z.string().regex(/^([1-9]\d?|100)%$/)], 'is not a number or percentage. Write for example 1 or "25%"')
        .meta({
            description: "Number or percentage of the step's clusters that Argo CD syncs at the same time.",
            examples: ["25%"],
        })
        .default(1),
});

export const rollout = z
    .strictObject({
        strategy: z
            .enum(["pinned", "rolling"], 'must be "pinned" or "rolling". Write one of these')
            .describe(
                "`pinned`: every cluster has the `revision` (and `revisions`) in its own settings, and `npm run promote` " +
                    "changes it. `rolling`: every cluster follows the revisions in the hub's settings, and Argo CD syncs one " +
                    "step after another, without self-heal, soak time, gates or a way back; a dead cluster stops it.",
            )
            .default("pinned"),
        soak: goDuration
            .describe("`npm run promote` accepts a revision that was Synced and Healthy for this time.")
            .default("10m"),
        steps: z
            .array(step)
            .min(1, "names no step. Write for example `- environments: [staging]`")
            .refine(
                (steps) => {
                    const names = steps.flatMap(({ environments }) => environments);
                    return new Set(names).size === names.length;
                },
                "names an environment twice, and Argo CD syncs it only once. Keep the first",
            )
            .describe("Steps of the strategy `rolling`, in order. They must name every environment exactly once.")
            .default(["staging", "prod", "dr"].map((name) => ({ environments: [name], maxUpdate: 1 }))),
    })
    .describe("How a new revision of an application reaches the environments.")
    .prefault({});

/** What of the hub's own cluster a rollout would never reach. */
export function rolloutProblems({
    rollout,
    labels,
}: {
    readonly rollout: RolloutSettings;
    readonly labels: Readonly<Record<string, string | undefined>>;
}): Problem[] {
    const isNamed = rollout.steps.some(({ environments }) => environments.includes("hub"));
    if (labels.deploy !== "true" || rollout.strategy !== "rolling" || isNamed) {
        return [];
    }
    const message = 'is "true", and no step of rollout.steps names the environment `hub`: Argo CD would never sync it. Add it';
    return [{ path: ["labels", "deploy"], message }];
}

const syncWindow = z.strictObject({
    kind: z
        .enum(["allow", "deny"], 'must be "allow" or "deny". Write one of these')
        .describe("Whether Argo CD may sync only in this window (`allow`), or not in this window (`deny`)."),
    schedule: text("when the window opens, as cron writes it", "0 22 * * 5")
        .regex(
            /^(\S+ ){4}\S+$/,
            'is not a valid cron schedule, which has five fields. Write for example "0 22 * * 5"',
        )
        .describe("Start of the window, as a cron schedule with five fields."),
    duration: goDuration.describe("Length of the window."),
    timeZone: text("a time zone of the IANA list", "Europe/Berlin")
        .describe("Time zone of the schedule, from the IANA database.")
        .default("UTC"),
    manualSync: flag
        .describe("Allow a manual sync at any time.")
        .default(false),
});

export const syncWindows = z
    .record(environmentName, z.array(syncWindow))
    .describe(
        "Sync windows of Argo CD, by environment. The clusters of an environment with windows must be named after it: " +
            "`prod` or `prod-…`.",
    )
    .default({});

export const protectedEnvironments = z
    .array(environmentName)
    .describe("An admission policy on the hub denies the deletion of the program's Applications in these environments.")
    .default(["prod", "dr"]);

const podSecurity = (levels: readonly [string, ...string[]]) =>
    z
        .enum(levels, `must be ${levels.map((level) => `"${level}"`).join(" or ")}. Write one of these`)
        .describe("Pod Security Standard that the namespace enforces.");

/** The amounts that a namespace's quota allows. */
const amounts = {
    pods: count.meta({ description: "Maximum number of pods.", examples: [40] }),
    cpu: quantity.meta({ description: "Maximum sum of the CPU requests.", examples: ["16"] }),
    memory: quantity.meta({
        description: "Maximum sum of the memory requests, and of the memory limits.",
        examples: ["16Gi"],
    }),
    ephemeralStorage: quantity.meta({
        description: "Maximum sum of the requests of ephemeral storage, and of its limits.",
        examples: ["32Gi"],
    }),
};

/** The defaults are enough for the agent in prod at the maximum of its autoscaler. */
export const namespaceLimits = z
    .strictObject({
        podSecurity: podSecurity(["restricted", "baseline"]).default("restricted"),
        pods: amounts.pods.default(20),
        cpu: amounts.cpu.default("8"),
        memory: amounts.memory.default("8Gi"),
        ephemeralStorage: amounts.ephemeralStorage.default("16Gi"),
    })
    .describe("Limits of an application's namespace on every spoke of this environment, unless `namespaces` has others.")
    .prefault({});

export const namespaces = z
    .record(
        dnsLabel("an application's name", "retriever"),
        z
            .strictObject({ podSecurity: podSecurity(["restricted", "baseline", "privileged"]), ...amounts })
            .partial()
            .extend({
                isolated: flag
                    .describe("`false`: pods may connect to everything that no other policy denies, and everything to them.")
                    .default(true),
            }),
    )
    .describe(
        "Limits of single applications' namespaces in this environment, by the application's name; what is missing is as " +
            "in `namespace`.",
    )
    .default({});

/** How a change reaches the environments. */
export type RolloutSettings = z.output<typeof rollout>;

/** Limits of an application's namespace on a spoke. */
export type NamespaceLimits = z.output<typeof namespaceLimits> & { readonly isolated?: boolean };

/** The limits that an environment's settings give to the namespace of an application. */
export function limitsOf(
    settings: { readonly namespace: NamespaceLimits; readonly namespaces: z.output<typeof namespaces> },
    application: string,
): NamespaceLimits {
    return { ...settings.namespace, ...(settings.namespaces[application] as Partial<NamespaceLimits> | undefined) };
}

/** Whether a default-deny network policy belongs to a namespace with these limits. */
export function isIsolated({ isolated = true }: NamespaceLimits): boolean {
    return isolated;
}
