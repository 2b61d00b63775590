import type { AlertSettings } from "../../settings/alerts";
import { probeJob } from "./probePlan";
import { milliseconds } from "../../settings/duration";

/** An alert, before settings turn it into a rule. docs/runbooks has a page of the same name. */
export interface Alert {
    readonly name: string;
    readonly expr: string;
    /** How long the condition must hold before the alert fires. */
    readonly lasting?: string;
    /** Whether the severity is that of the cluster's environment or of the hub, or none. */
    readonly severity: "by environment" | "hub" | "none";
    readonly summary: string;
    readonly description: string;
}

/** Labels by which metrics about clusters are aggregated. */
export const byCluster = "cluster, environment, region";

/**
 * Adds the cluster's name labels to a metric that has only its URL, in `server`.
 *
 * @param clusters the clusters, as a label selector; by default all
 */
export function named(vector: string, clusters = ""): string {
    return `(${vector})\n* on (server) group_left (${byCluster}) hubspoke:cluster:info${clusters}`;
}

/**
 * Applications in a state, with the name labels of their cluster.
 *
 * @param labels labels of `argocd_app_info` to keep
 */
export function applications(state: string, labels = "name, project, dest_server", clusters = ""): string {
    const found = `max by (${labels}) (argocd_app_info{${state}})`;
    return named(`label_replace(${found}, "server", "$1", "dest_server", "(.*)")`, clusters);
}

/** Age of each cluster's token, in seconds. */
const tokenAge = `time() - max by (${byCluster}) (hubspoke:credential:created)`;

/** Part of a token's life after which somebody must act: an `up` renews it from the half on. */
const spentLife = "2 / 3";

/** Number of changes that wait for Argo CD, by the queue's name. */
export const queueDepth =
    'sum by (name) (workqueue_depth{name=~"app_reconciliation_queue|app_operation_processing_queue"})';

/** Counters of failed requests to Git. */
export const gitFailures = ["argocd_git_fetch_fail_total", "argocd_git_lsremote_fail_total"];

/** All alerts: about the clusters as the hub sees them, the Applications, Argo CD, and the monitoring itself. */
export function alertsOf(settings: AlertSettings): Alert[] {
    return [...aboutClusters(settings), ...aboutApplications(settings), ...aboutArgoCd(), ...aboutTheWatch()];
}

function aboutClusters(settings: AlertSettings): Alert[] {
    const probed = (probe: string) => `probe_success{job="${probeJob}", probe="${probe}"}`;
    const severity = "by environment";
    return [
        {
            name: "ClusterUnreachable",
            expr: `max by (${byCluster}) (${probed("api")}) == 0`,
            lasting: settings.unreachableFor,
            severity,
            summary: "The API server of {{ $labels.cluster }} does not answer",
            description:
                "The hub cannot reach the API server of {{ $labels.cluster }} ({{ $labels.environment }}, " +
                "{{ $labels.region }}). What runs there may still serve users: see AgentUnreachable.",
        },
        {
            name: "AgentUnreachable",
            expr: `max by (${byCluster}, vantage) (${probed("agent")}) == 0`,
            lasting: settings.unreachableFor,
            severity,
            summary: "Users of {{ $labels.cluster }} do not reach the agent",
            description:
                "The agent's public name on {{ $labels.cluster }} ({{ $labels.environment }}, {{ $labels.region }}) " +
                "does not answer{{ with $labels.vantage }}, seen from {{ . }}{{ end }}.",
        },
        {
            name: "ClusterConnectionLost",
            expr: named("min by (server) (argocd_cluster_connection_status) == 0"),
            lasting: settings.unreachableFor,
            severity,
            summary: "Argo CD has lost {{ $labels.cluster }}",
            description:
                "Argo CD cannot read {{ $labels.cluster }} ({{ $labels.environment }}) at {{ $labels.server }}, so it " +
                "delivers nothing there, and its status of Applications there is out of date.",
        },
        {
            name: "CredentialTooOld",
            expr:
                `${tokenAge} > ${milliseconds(settings.credentialMaxAge) / 1000}\nor\n` +
                `${tokenAge} > ${spentLife} * max by (${byCluster}) (hubspoke:credential:lifetime)`,
            severity: "by environment",
            summary: "The token for {{ $labels.cluster }} must be rotated",
            description:
                "Argo CD's token for {{ $labels.cluster }} is {{ $value | humanizeDuration }} old: more than " +
                `${settings.credentialMaxAge}, or than two thirds of its lifetime.`,
        },
        {
            name: "CertificateEnding",
            expr:
                `(\n  min by (${byCluster}, instance) (probe_ssl_earliest_cert_expiry{job="${probeJob}"})\n  or\n` +
                "  label_replace(min by (name) (certmanager_certificate_expiration_timestamp_seconds), " +
                '"environment", "hub", "", "")\n' +
                `) - time() < ${milliseconds(settings.certificateEndsIn) / 1000}`,
            severity,
            summary: "A certificate expires soon: {{ $labels.cluster }}{{ $labels.name }}",
            description:
                "A certificate of {{ with $labels.instance }}{{ . }}{{ else }}the hub ({{ $labels.name }}){{ end }} expires " +
                "in {{ $value | humanizeDuration }}, and nothing has renewed it.",
        },
    ];
}

function aboutApplications(settings: AlertSettings): Alert[] {
    const severity = "by environment";
    const where = "{{ $labels.name }} on {{ $labels.cluster }} ({{ $labels.environment }})";
    return [
        {
            name: "ApplicationDegraded",
            expr: applications('health_status="Degraded"'),
            lasting: settings.degradedFor,
            severity,
            summary: "{{ $labels.name }} is Degraded",
            description: `Argo CD has seen ${where} Degraded for ${settings.degradedFor}.`,
        },
        {
            name: "ApplicationOutOfSync",
            expr: applications('sync_status!="Synced"'),
            lasting: settings.outOfSyncFor,
            severity,
            summary: "{{ $labels.name }} is not Synced",
            description: `${where} has differed from Git for ${settings.outOfSyncFor}.`,
        },
        {
            name: "SyncFailing",
            expr: applications('phase=~"Error|Failed"'),
            lasting: "1m",
            severity,
            summary: "The last sync of {{ $labels.name }} failed",
            description: `The last sync of ${where} ended in an error, and no later one has succeeded.`,
        },
    ];
}

function aboutArgoCd(): Alert[] {
    const calls = 'grpc_server_handled_total{grpc_service="repository.RepoServerService"';
    const failed = "Unknown|Internal|Unavailable|DeadlineExceeded|ResourceExhausted";
    return [
        {
            name: "ReconciliationQueueGrowing",
            expr: `min_over_time(${queueDepth}[15m:1m]) > 0 and deriv(${queueDepth}[15m:1m]) > 0`,
            lasting: "15m",
            severity: "hub",
            summary: "Argo CD does not keep up",
            description:
                "{{ $labels.name }} has not been empty for half an hour, and grows: changes reach clusters late.",
        },
        {
            name: "RepoServerErrors",
            expr: [
                ...gitFailures.map((metric) => `sum by (repo) (increase(${metric}[15m])) > 0`),
                `sum by (grpc_method) (increase(${calls}, grpc_code=~"${failed}"}[15m]))\n` +
                    `  / sum by (grpc_method) (increase(${calls}}[15m])) > 0.05`,
            ].join("\nor\n"),
            lasting: "5m",
            severity: "hub",
            summary: "Argo CD cannot read Git, or cannot render",
            description:
                "{{ with $labels.repo }}Git requests to {{ . }} fail{{ end }}" +
                "{{ with $labels.grpc_method }}{{ . }} of the repo server fails{{ end }}: changes in Git do not arrive.",
        },
    ];
}

function aboutTheWatch(): Alert[] {
    return [
        {
            name: "ArgoCdSilent",
            expr: "absent(argocd_cluster_info)",
            lasting: "5m",
            severity: "hub",
            summary: "Argo CD's controller sends no metrics",
            description: "No application controller is scraped: alerts about Applications and connections cannot fire.",
        },
        {
            name: "ProberSilent",
            expr: `max by (${byCluster}, probe) (up{job="${probeJob}"}) == 0`,
            lasting: "2m",
            severity: "by environment",
            summary: "{{ $labels.cluster }} is not monitored: the prober does not answer",
            description:
                "blackbox_exporter does not probe {{ $labels.cluster }} ({{ $labels.probe }}), so its outage would not " +
                "cause an alert.",
        },
        {
            name: "HubSilent",
            expr: "vector(1)",
            severity: "none",
            summary: "The hub's watch works",
            description:
                "Always firing. The receiver must send an alert when this stops: then the hub, its Prometheus or " +
                "its Alertmanager is silent.",
        },
    ];
}
