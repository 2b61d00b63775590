import { applications, byCluster, gitFailures, named, queueDepth } from "./alerts";
import { probeJob } from "./probePlan";
import { countOf, datasource, listOf, overTime, type Panel, placed, upAndDown } from "./panels";

/** Label by which Grafana's default sidecar finds dashboards in ConfigMaps. */
export const dashboardLabel = { grafana_dashboard: "1" };

/** The user's selection in the dashboard. */
const chosen = 'environment=~"$environment"';

const probes = (probe: string) => `probe_success{job="${probeJob}", probe="${probe}", ${chosen}}`;
const connections = named("min by (server) (argocd_cluster_connection_status)", `{${chosen}}`);
const agents = (state: string, labels = "name, project, dest_server") =>
    applications([state, 'project=~"$application"'].filter((one) => one !== "").join(", "), labels, `{${chosen}}`);

const panels: readonly Panel[] = [
    {
        ...countOf("Clusters", `hubspoke:cluster:info{${chosen}}`, "Clusters that are registered with Argo CD, including the hub."),
        defaults: { color: { mode: "fixed", fixedColor: "blue" } },
    },
    countOf(
        "API servers unreachable",
        `max by (${byCluster}) (${probes("api")}) == 0`,
        "Seen by the hub's probe; the alert is ClusterUnreachable.",
    ),
    countOf(
        "Agents unreachable",
        `max by (${byCluster}, vantage) (${probes("agent")}) == 0`,
        "By their public names; the alert is AgentUnreachable.",
    ),
    countOf(
        "Connections lost",
        `${connections} == 0`,
        "Clusters that Argo CD cannot read, by its last attempt; the alert is ClusterConnectionLost.",
    ),
    countOf("Not Healthy", agents('health_status!="Healthy"'), "Applications with another health status."),
    countOf("Not Synced", agents('sync_status!="Synced"'), "Applications that differ from Git."),
    upAndDown(
        "API servers",
        { expr: `max by (${byCluster}) (${probes("api")})`, legend: "{{cluster}}" },
        "Whether each API server answers the hub's probe.",
    ),
    upAndDown(
        "Agents, for users",
        { expr: `max by (${byCluster}, vantage) (${probes("agent")})`, legend: "{{cluster}} {{vantage}}" },
        "Whether each agent answers by its public name, for each location of a probe.",
    ),
    upAndDown(
        "Argo CD's connections",
        { expr: connections, legend: "{{cluster}}" },
        "The last result of Argo CD; it can be as old as clusterCacheResync.",
    ),
    listOf(
        "Applications",
        { expr: agents("", "name, dest_server, sync_status, health_status, phase") },
        ["name", "cluster", "environment", "region", "sync_status", "health_status", "phase"],
        { width: 24, description: "The last status in Argo CD. For an unreachable cluster it is out of date." },
    ),
    listOf(
        "Clusters that Argo CD leaves alone",
        { expr: `max by (${byCluster}) (${probes("agent")}) unless on (cluster) hubspoke:cluster:info` },
        ["cluster", "environment", "region"],
        {
            width: 24,
            height: 5,
            description:
                "Clusters with the agent of which Argo CD has no metrics: those in quarantine, by their settings or by " +
                "the receiver of alerts (docs/recovery.md). Value: whether the agent answers.",
        },
    ),
    overTime(
        "Changes that wait for Argo CD",
        "short",
        [{ expr: queueDepth, legend: "{{name}}" }],
        "A queue that is rarely empty needs more processors or shards (docs/scale.md).",
    ),
    overTime(
        "Requests to Git that failed",
        "short",
        gitFailures.map((metric) => ({
            expr: `sum by (repo) (increase(${metric}[$__rate_interval]))`,
            legend: `{{repo}} ${metric.includes("fetch") ? "fetch" : "ls-remote"}`,
        })),
        "The alert is RepoServerErrors.",
    ),
    listOf(
        "Age of tokens",
        { expr: `time() - max by (${byCluster}) (hubspoke:credential:created{${chosen}})` },
        ["cluster", "environment", "region"],
        { unit: "s", description: "npm run rotate replaces them." },
    ),
    listOf(
        "Certificates end in",
        {
            expr: `min by (${byCluster}, instance) (probe_ssl_earliest_cert_expiry{job="${probeJob}", ${chosen}}) - time()`,
        },
        ["instance", "cluster", "environment"],
        { unit: "s", description: "The first expiry among the certificates that a probe received." },
    ),
];

/** The Grafana dashboard of the fleet: the metrics of the alerts, before they fire. */
export function fleetDashboard(): object {
    return {
        uid: "hubspoke-fleet",
        title: "Hub and spokes: the fleet",
        tags: ["argocd", "hubspoke"],
        schemaVersion: 39,
        editable: false,
        refresh: "30s",
        time: { from: "now-6h", to: "now" },
        templating: {
            list: [
                { name: "datasource", label: "Prometheus", type: "datasource", query: "prometheus" },
                variable("environment", "Environment", "label_values(hubspoke:cluster:info, environment)"),
                variable("application", "Application", "label_values(argocd_app_info, project)"),
            ],
        },
        panels: placed(panels),
    };
}

/** What a user selects in the dashboard: some of a label's values, or all. */
function variable(name: string, label: string, query: string): object {
    return {
        name,
        label,
        type: "query",
        datasource,
        query: { query, refId: name },
        refresh: 2,
        multi: true,
        includeAll: true,
        allValue: ".*",
        current: { text: ["All"], value: ["$__all"] },
    };
}
