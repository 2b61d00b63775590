import { credentialRules } from "../../../components/watch/probePlan";
import { rulesFile } from "../../../components/watch/ruleFile";
import { fleetRules } from "../../../components/watch/rules";
import { alerts } from "../../../settings/alerts";
import type { Series } from "./promtool";

/** Settings of a hub with three clusters; their rules follow, and what its Prometheus has of them. */
export const settings = alerts.parse({ severities: { prod: "critical", lab: "info", hub: "critical" } });
export const runbooks = "https://git.example.com/runbooks";
const region = "eu-west-1";
export const prod = { cluster: "prod", environment: "prod", region };
export const staging = { cluster: "staging", environment: "staging", region };
export const lab = { cluster: "lab", environment: "lab", region };

/** The first value is at 1970-01-01. prod's token reaches the limit of 90 days ten minutes later. */
export const rules = [
    rulesFile(fleetRules(settings, runbooks)),
    rulesFile(credentialRules(prod, { created: "1969-10-03T00:10:00Z" })),
    rulesFile(credentialRules(staging, { created: "1970-01-01T00:00:00Z" })),
];

const job = "hubspoke-probe";
export const instance = "https://agent.prod.example.com/healthz";
export const probed = (metric: string, probe: string, of: object, values: string, more: object = {}): Series => ({
    metric,
    labels: { job, probe, instance, ...of, ...more },
    values,
});

/** What Argo CD says of its clusters: `Application`s and connections name one by its URL alone. */
export const clusters = [prod, staging, lab].map(
    ({ cluster, environment }): Series => ({
        metric: "argocd_cluster_labels",
        labels: {
            server: `https://${cluster}:6443`,
            // lab has another name in Argo CD than in its stack file.
            name: cluster === "lab" ? "arn:aws:eks:eu-west-1:111122223333:cluster/lab" : cluster,
            label_hubspoke_cluster: cluster === "lab" ? cluster : "",
            label_environment: environment,
            label_region: region,
            instance: "controller-0:8082",
        },
        values: "1x600",
    }),
);

export const connection = (cluster: string, values: string): Series => ({
    metric: "argocd_cluster_connection_status",
    labels: { server: `https://${cluster}:6443`, k8s_version: "1.37", instance: "controller-0:8082" },
    values,
});

export const application = (cluster: string, state: Record<string, string>, values = "1x600"): Series => ({
    metric: "argocd_app_info",
    labels: {
        namespace: "argocd",
        name: `agent-${cluster}`,
        project: "agent",
        autosync_enabled: "true",
        repo: "https://git.example.com/agent",
        dest_server: `https://${cluster}:6443`,
        dest_namespace: "agent",
        sync_status: "Synced",
        health_status: "Healthy",
        operation: "",
        phase: "Succeeded",
        ...state,
    },
    values,
});

export const applicationLabels = (of: typeof prod, severity: string) => ({
    ...of,
    name: `agent-${of.cluster}`,
    project: "agent",
    server: `https://${of.cluster}:6443`,
    dest_server: `https://${of.cluster}:6443`,
    severity,
});

export const queue = (values: string): Series => ({
    metric: "workqueue_depth",
    labels: { name: "app_reconciliation_queue", controller: "", priority: "", instance: "controller-0:8082" },
    values,
});

export const gitFailures = (values: string): Series => ({
    metric: "argocd_git_fetch_fail_total",
    labels: { repo: "https://git.example.com/agent", revision: "main", instance: "repo-server-0:8084" },
    values,
});

export const rendered = (grpc_code: string, values: string): Series => ({
    metric: "grpc_server_handled_total",
    labels: {
        grpc_service: "repository.RepoServerService",
        grpc_method: "GenerateManifest",
        grpc_type: "unary",
        grpc_code,
        instance: "repo-server-0:8084",
    },
    values,
});
