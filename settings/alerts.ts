import { z } from "zod";
import { environmentName } from "./delivery";
import { prometheusDuration } from "./duration";
import { filtersOf, notifications } from "./notifications";
import { severity, text } from "./kinds";

/** Settings of how a failure is seen, and of who is told. */

const httpUrl = (example: string) =>
    z.url({ protocol: /^https?$/, error: `is no http(s) URL. Write for example "${example}"` });

/** What Prometheus watches, and how it is told; components/watch/ has the alerts themselves. */
export const alerts = z
    .strictObject({
        objects: z
            .enum(
                ["auto", "operator", "files", "none"],
                'is "auto", which asks the hub, "operator", "files" or "none". Write one of these',
            )
            .default("auto"),
        /** Labels by which the operator's Prometheus selects rules and probes, such as `release: monitoring`. */
        labels: z.record(z.string().min(1), z.string("a label's value is text. Put it in quotes")).default({}),
        /** Address of the blackbox_exporter, for the operator's probes. */
        prober: text("the blackbox_exporter's address", "blackbox-exporter.monitoring:9115").default(
            "blackbox-exporter.monitoring:9115",
        ),
        /** How often probes run, and rules are evaluated. */
        interval: prometheusDuration.default("15s"),
        /** By environment; what is not named is a warning. `hub` is the hub itself. */
        severities: z.record(environmentName, severity).default({ prod: "critical", dr: "critical" }),
        /** How long an outage lasts before anybody is told. */
        unreachableFor: prometheusDuration.default("30s"),
        degradedFor: prometheusDuration.default("5m"),
        outOfSyncFor: prometheusDuration.default("30m"),
        /** Age of a spoke's token after which it is to be rotated. */
        credentialMaxAge: prometheusDuration.default("2160h"),
        /** Time before a certificate's end at which somebody is told. */
        certificateEndsIn: prometheusDuration.default("336h"),
        /** Where the pages of docs/runbooks are; nothing means beside the agent's chart, in its repository. */
        runbooks: httpUrl("https://git.example.com/agent/blob/main/docs/runbooks").optional(),
        /** Whether there is a dashboard for Grafana, in a ConfigMap that its usual sidecar picks up. */
        dashboard: z.boolean("is true or false. Write one of these").default(true),
        notifications,
    })
    .refine(
        ({ notifications, severities }) => {
            const levels = new Set(["warning", ...Object.values(severities)]);
            return filtersOf(notifications).every((filter) => filter.severities.some((level) => levels.has(level)));
        },
        {
            path: ["notifications"],
            error: "somebody waits for a severity that no environment has. Change their severities, or alerts.severities",
        },
    )
    .prefault({});

/** What is asked to see whether a cluster serves; `false` asks nothing. */
export const probe = z
    .strictObject({
        api: z.union([z.literal(false), httpUrl("https://api.prod.example.com/livez")]).optional(),
        agent: z.union([z.literal(false), httpUrl("https://agent.prod.example.com/healthz")]).optional(),
    })
    .default({});

export type AlertSettings = z.output<typeof alerts>;

export type ProbeSettings = z.output<typeof probe>;
