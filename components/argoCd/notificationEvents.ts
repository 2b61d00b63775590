import { toYaml } from "../support/yaml";
import type { AlertSettings } from "../../settings/alerts";
import { eventNames } from "../../settings/notifications";
import { severityTemplate } from "../watch/rules";

/** An event of an Application that can cause a notification. */
type EventName = (typeof eventNames)[number];

interface Event {
    /** Names from Argo CD's catalog, which its users know. */
    readonly trigger: string;
    readonly template: string;
    /** Expression over the Application (expr-lang.org); a notification goes out each time it becomes true. */
    readonly when: string;
    /** At most one notification for each value of this expression. */
    readonly oncePer?: string;
    /** Text about the event, after the Application's name. */
    readonly what: string;
    /** Go template with details, which can be empty. */
    readonly more: string;
}

/** A field of the Application as a Go template; empty if it is missing. */
function field(...path: string[]): string {
    return `dig ${path.map((key) => `"${key}"`).join(" ")} "" .app`;
}

/** The compared revision: of the chart, or of the chart and its values files where each has one. */
const revision = `printf "%s%s" (${field("status", "sync", "revision")}) (join " " (dig "status" "sync" "revisions" list .app))`;

const health = "app.status.health?.status";
const operation = "app.status.operationState";

/**
 * The events (argo-cd, docs/operator-manual/notifications/triggers.md). A deployment is complete when Argo CD has
 * refreshed the Application after the end of its sync: an earlier health status is that of the old pods.
 */
const events: Readonly<Record<EventName, Event>> = {
    degraded: {
        trigger: "on-health-degraded",
        template: "app-health-degraded",
        when: `${health} == 'Degraded'`,
        what: "is Degraded",
        more: `{{ ${field("status", "health", "message")} }}`,
    },
    syncFailed: {
        trigger: "on-sync-failed",
        template: "app-sync-failed",
        when: `${operation}?.phase in ['Error', 'Failed']`,
        what: "could not be synced",
        more: `{{ ${field("status", "operationState", "message")} }}`,
    },
    deployed: {
        trigger: "on-deployed",
        template: "app-deployed",
        when:
            `${operation}?.phase == 'Succeeded' and ${health} == 'Healthy' and app.status.sync.status == 'Synced' and ` +
            `not time.Parse(app.status.reconciledAt).Before(time.Parse(${operation}.finishedAt))`,
        oncePer:
            `len(${operation}.syncResult?.revisions ?? []) > 0 ? join(${operation}.syncResult.revisions, " ") : ` +
            `${operation}.syncResult.revision`,
        what: "runs a new revision",
        more: `{{ ${revision} }}`,
    },
};

/** Name of an event's trigger, for subscriptions. */
export function triggerOf(event: EventName): string {
    return events[event].trigger;
}

/** Triggers for the chart, by their keys in Argo CD's ConfigMap. */
export function triggers(): Record<string, string> {
    return Object.fromEntries(
        Object.values(events).map(({ trigger, template, when, oncePer }) => [
            `trigger.${trigger}`,
            toYaml([{ when, send: [template], oncePer }]),
        ]),
    );
}

/**
 * Templates for the chart, by their keys in Argo CD's ConfigMap.
 *
 * @param webhooks names of the webhooks, each of which gets the event as JSON
 */
export function templates(settings: Pick<AlertSettings, "severities">, webhooks: readonly string[]): Record<string, string> {
    return Object.fromEntries(
        eventNames.map((name) => [
            `template.${events[name].template}`,
            toYaml(template(name, settings, webhooks)),
        ]),
    );
}

function template(name: EventName, { severities }: Pick<AlertSettings, "severities">, webhooks: readonly string[]) {
    const { what, more } = events[name];
    const environment = field("metadata", "labels", "environment");
    const region = field("metadata", "labels", "region");
    const summary = `{{ .app.metadata.name }} (${[environment, region].map((each) => `{{ ${each} }}`).join(", ")}) ${what}`;
    const severity = name === "deployed" ? "info" : severityTemplate(severities, `(${environment})`);
    const url = "{{ .context.argocdUrl }}/applications/{{ .app.metadata.namespace }}/{{ .app.metadata.name }}";
    const facts = {
        event: `"${name}"`,
        application: "{{ toJson .app.metadata.name }}",
        environment: `{{ ${environment} | toJson }}`,
        region: `{{ ${region} | toJson }}`,
        severity: `"${severity}"`,
        revision: `{{ ${revision} | toJson }}`,
        health: `{{ ${field("status", "health", "status")} | toJson }}`,
        message: more.replace(" }}", " | toJson }}"),
        url: `"${url}"`,
    };
    const body = `{${Object.entries(facts).map(([key, value]) => `"${key}": ${value}`).join(", ")}}`;
    return {
        message: `${summary}. ${more}\n${url}\n`,
        email: { subject: summary },
        pagerdutyv2: {
            summary,
            severity,
            source: "{{ .app.metadata.name }}",
            url,
            dedupKey: `argocd/{{ .app.metadata.name }}/${name}`,
        },
        ...(webhooks.length === 0
            ? {}
            : { webhook: Object.fromEntries(webhooks.map((each) => [each, { method: "POST", body }])) }),
    };
}
