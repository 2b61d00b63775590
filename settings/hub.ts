import { z } from "zod";
import { agent } from "./agent";
import { alerts } from "./alerts";
import { certificates, ingress } from "./certificates";
import { chart } from "./chart";
import { connection } from "./connection";
import { protectedEnvironments, rollout, syncWindows } from "./delivery";
import { dnsLabel, domain, flag } from "./kinds";
import { labels } from "./labels";
import { previewers } from "./previewers";
import { knownHosts, repository, webhooks } from "./repositories";
import { scale } from "./scale";
import { signOn } from "./signOn";
import { traffic } from "./traffic";

/** Settings of the stack whose role is `hub`. */
export const hubSettings = z.strictObject({
    role: z.literal("hub"),
    /** Says that this hub may be lost: nothing of it is protected from a `destroy`. */
    lab: flag.default(false),
    /** Whether it is protected, whatever `lab` says. */
    protect: flag.optional(),
    cluster: connection,
    domain,
    chart: chart.default({}),
    availability: z.enum(["ha", "single"], 'is "ha", or "single" for a lab. Write one of these').default("ha"),
    fleet: z.enum(["small", "medium", "large"], 'is "small", "medium" or "large". Write one').default("small"),
    scale: scale.default({ exclusions: [] }),
    access: signOn.default({ groups: {} }),
    metrics: z
        .strictObject({
            serviceMonitors: z.union(
                [z.boolean(), z.literal("auto")],
                'is true, false or "auto", which asks the hub. Write one of these',
            ),
        })
        .default({ serviceMonitors: "auto" }),
    agent,
    repositories: z.record(dnsLabel("a repository's name", "agent"), repository).default({}),
    knownHosts: knownHosts.default(""),
    webhooks: webhooks.default({}),
    certificates,
    ingress,
    rollout,
    syncWindows,
    protectedEnvironments,
    previewers,
    alerts,
    traffic,
    labels: labels.default({}).transform((given) => ({ deploy: "false", ...given })),
}).refine(({ certificates, ingress }) => certificates.issuer !== "none" || ingress?.kind !== "gateway", {
    path: ["certificates", "issuer"],
    error: 'is "none", and a Gateway needs a certificate. Choose an issuer',
});

/** Settings of the stack whose role is `hub`. */
export type HubSettings = z.output<typeof hubSettings>;
