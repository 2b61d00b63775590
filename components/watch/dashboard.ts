import { applications, byCluster, gitFailures, named, queueDepth } from "./alerts";
import { probeJob } from "./probePlan";
import { countOf, datasource, listOf, overTime, type Panel, placed, upAndDown } from "./panels";

/** Label by which Grafana's usual sidecar finds dashboards in ConfigMaps. */
export const dashboardLabel = { grafana_dashboard: "1" };

/** What the person at the dashboard chose. */
const chosen = 'environment=~"$environment"';

const probes = (probe: string) => `probe_success{job="${probeJob}", probe="${probe}", ${chosen}}`;
const connections = named("min by (server) (argocd_cluster_connection_status)", `{${chosen}}`);
const agents = (state: string) => applications(state, "name, project, dest_server", `{${chosen}}`);

const panels: readonly Panel[] = [
    {
        ...countOf("Clusters", `hubspoke:cluster:info{${chosen}}`, "Clusters that Argo CD knows, the hub among them."),
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
    countOf("Not Healthy", agents('health_status!="Healthy"'), "Applications that Argo CD sees in another health."),
    countOf("Not Synced", agents('sync_status!="Synced"'), "Applications that are not what Git says."),
    upAndDown(
        "API servers",
        { expr: `max by (${byCluster}) (${probes("api")})`, legend: "{{cluster}}" },
        "Whether each API server answers the hub's probe.",
    ),
    upAndDown(
        "Agents, for users",
        { expr: `max by (${byCluster}, vantage) (${probes("agent")})`, legend: "{{cluster}} {{vantage}}" },
        "Whether each agent answers by its public name, by where the probe stands.",
    ),
    upAndDown(
        "Argo CD's connections",
        { expr: connections, legend: "{{cluster}}" },
        "What Argo CD found last; it may be as old as clusterCacheResync.",
    ),
    listOf(
        "Applications",
        { expr: applications("", "name, dest_server, sync_status, health_status, phase", `{${chosen}}`) },
        ["name", "cluster", "environment", "region", "sync_status", "health_status", "phase"],
        { width: 24, description: "What Argo CD last saw. Of a cluster that is lost this is old." },
    ),
    overTime(
        "Changes that wait for Argo CD",
        "short",
        [{ expr: queueDepth, legend: "{{name}}" }],
        "A queue that is seldom empty asks for more processors or shards (docs/scale.md).",
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
        { unit: "s", description: "npm run rotate makes new ones." },
    ),
    listOf(
        "Certificates end in",
        {
            expr: `min by (${byCluster}, instance) (probe_ssl_earliest_cert_expiry{job="${probeJob}", ${chosen}}) - time()`,
        },
        ["instance", "cluster", "environment"],
        { unit: "s", description: "The first to end of those that a probe was shown." },
    ),
];

/** The fleet in Grafana: the metrics that the alerts look at, before they fire. */
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
                {
                    name: "environment",
                    label: "Environment",
                    type: "query",
                    datasource,
                    query: { query: "label_values(hubspoke:cluster:info, environment)", refId: "environment" },
                    refresh: 2,
                    multi: true,
                    includeAll: true,
                    allValue: ".*",
                    current: { text: ["All"], value: ["$__all"] },
                },
            ],
        },
        panels: placed(panels),
    };
}
