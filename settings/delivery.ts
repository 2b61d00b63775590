import { z } from "zod";
import { goDuration } from "./duration";
import { count, dnsLabel, quantity, text } from "./kinds";

/** Settings of how releases reach the environments, and of where they land. */

export const environmentName = dnsLabel("the environment's name", "staging");

const step = z.strictObject({
    environments: z.array(environmentName).min(1, "names no environment. Add one, or remove the step"),
    maxUpdate: z
        .union([count, z.string().regex(/^([1-9]\d?|100)%$/)], 'is no number or per cent. Write for example 1 or "25%"')
        .default(1),
});

/** How a change reaches the environments; components/agent/rollout.ts says what each strategy does. */
export const rollout = z
    .strictObject({
        strategy: z.enum(["pinned", "rolling"], 'is "pinned" or "rolling". Write one of these').default("pinned"),
        /** How long a revision is Synced and Healthy before `npm run promote` takes it on. */
        soak: goDuration.default("10m"),
        /** What `rolling` syncs one after another. */
        steps: z
            .array(step)
            .min(1, "names no step. Write for example `- environments: [staging]`")
            .refine(
                (steps) => {
                    const names = steps.flatMap(({ environments }) => environments);
                    return new Set(names).size === names.length;
                },
                "names an environment twice, and it can only be synced once. Keep the first",
            )
            .default(["staging", "prod", "dr"].map((name) => ({ environments: [name], maxUpdate: 1 }))),
    })
    .prefault({});

const syncWindow = z.strictObject({
    kind: z.enum(["allow", "deny"], 'is "allow" or "deny". Write one of these'),
    schedule: text("when the window opens, as cron writes it", "0 22 * * 5").regex(
        /^(\S+ ){4}\S+$/,
        'is no schedule of cron, which has five fields. Write for example "0 22 * * 5"',
    ),
    duration: goDuration,
    timeZone: text("a time zone of the IANA list", "Europe/Berlin").default("UTC"),
    manualSync: z.boolean("is true or false. Write one of these").default(false),
});

/** Times at which Argo CD may, or may not, sync an environment's Applications, by environment. */
export const syncWindows = z.record(environmentName, z.array(syncWindow)).default({});

/** Environments whose Applications an admission policy on the hub keeps. */
export const protectedEnvironments = z.array(environmentName).default(["prod", "dr"]);

/** Limits of the agent's namespace on a spoke; the defaults hold prod at its autoscaler's maximum. */
export const namespaceLimits = z
    .strictObject({
        podSecurity: z
            .enum(["restricted", "baseline"], 'is "restricted" or "baseline". Write one of these')
            .default("restricted"),
        pods: count.default(20),
        cpu: quantity.default("8"),
        memory: quantity.default("8Gi"),
    })
    .prefault({});

/** How a change reaches the environments. */
export type RolloutSettings = z.output<typeof rollout>;

/** Limits of the agent's namespace on a spoke. */
export type NamespaceLimits = z.output<typeof namespaceLimits>;
