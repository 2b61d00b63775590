import { z } from "zod";
import { environmentName } from "./delivery";
import { prometheusDuration } from "./duration";
import { filtersOf, notifications } from "./notifications";
import { flag, severity, text } from "./kinds";

/** Settings for how Prometheus detects a failure, and who gets the alert. */

const httpUrl = (example: string) =>
    z
        .url({ protocol: /^https?$/, error: `is not a valid HTTP(S) URL. Write for example "${example}"` })
        .meta({ examples: [example] });

/** What Prometheus watches, and how it gets its configuration; components/watch/ has the alerts themselves. */
export const alerts = z
    .strictObject({
        objects: z
            .enum(
                ["auto", "operator", "files", "none"],
                'must be "auto" (ask the hub), "operator", "files" or "none". Write one of these',
            )
            .describe(
                "How Prometheus on the hub gets rules and probes: objects of the Prometheus operator (`operator`), " +
                    "ConfigMaps (`files`), or not at all (`none`). `auto` uses the operator if the hub has it.",
            )
            .default("auto"),
        labels: z
            .record(z.string().min(1), z.string("the value of a label must be text. Put it in quotes"))
            .meta({
                description: "Labels of the rules and probes. The operator's Prometheus selects objects by these labels.",
                examples: [{ release: "monitoring" }],
            })
            .default({}),
        prober: text("the blackbox_exporter's address", "blackbox-exporter.monitoring:9115")
            .describe("Address of the blackbox_exporter. Only the operator's probes use it.")
            .default("blackbox-exporter.monitoring:9115"),
        interval: prometheusDuration
            .meta({ description: "Time between two probes, and between two evaluations of the rules.", examples: ["30s"] })
            .default("15s"),
        severities: z
            .record(environmentName, severity)
            .describe(
                "Severity of alerts, by environment. The name `hub` means the hub itself. " +
                    "An environment without an entry has the severity `warning`.",
            )
            .default({ prod: "critical", dr: "critical" }),
        unreachableFor: prometheusDuration
            .describe("An alert fires when a cluster, or the agent on it, does not answer for this time.")
            .default("30s"),
        degradedFor: prometheusDuration
            .describe("An alert fires when an Application is Degraded for this time.")
            .default("5m"),
        outOfSyncFor: prometheusDuration
            .describe("An alert fires when an Application is OutOfSync for this time.")
            .default("30m"),
        credentialMaxAge: prometheusDuration
            .meta({
                description: "An alert fires when the token of a spoke is older than this. `npm run rotate` replaces it.",
                examples: ["720h"],
            })
            .default("2160h"),
        certificateEndsIn: prometheusDuration
            .meta({ description: "An alert fires when a certificate expires within this time.", examples: ["720h"] })
            .default("336h"),
        runbooks: httpUrl("https://git.example.com/agent/blob/main/docs/runbooks")
            .describe("URL of the folder with the runbooks. The default is `docs/runbooks` in the agent's repository.")
            .optional(),
        dashboard: flag
            .describe("Create a ConfigMap with a Grafana dashboard. Grafana's sidecar loads it.")
            .default(true),
        notifications,
    })
    .refine(
        ({ notifications, severities }) => {
            const levels = new Set(["warning", ...Object.values(severities)]);
            return filtersOf(notifications).every((filter) => filter.severities.some((level) => levels.has(level)));
        },
        {
            path: ["notifications"],
            error: "a recipient waits for a severity that no environment has. Change its severities, or alerts.severities",
        },
    )
    .describe("Alerts: when they fire, their severity, and who gets notifications.")
    .prefault({});

export const probe = z
    .strictObject({
        api: z
            .union([httpUrl("https://api.prod.example.com/livez"), z.literal(false)])
            .describe(
                "URL that shows whether the API server answers. `false` turns this probe off. " +
                    "The default is `/livez` of the API server; with `proxyUrl` it is `false`.",
            )
            .optional(),
        agent: z
            .union([httpUrl("https://agent.prod.example.com/healthz"), z.literal(false)])
            .describe(
                "URL that shows whether the agent answers. `false` turns this probe off. The default is " +
                    "`https://agent.<domain>/healthz`. A cluster without the agent has no such probe.",
            )
            .optional(),
    })
    .describe("URLs that Prometheus on the hub probes to see whether the cluster is available.")
    .default({});

export type AlertSettings = z.output<typeof alerts>;

export type ProbeSettings = z.output<typeof probe>;
