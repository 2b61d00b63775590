import { expect } from "chai";
import { alerts } from "../../settings/alerts";
import { alertsOf } from "../../components/watch/alerts";
import { rulesFile } from "../../components/watch/ruleFile";
import { fleetRules } from "../../components/watch/rules";
import { credentialRules } from "../../components/watch/probePlan";
import { fleetDashboard } from "../../components/watch/dashboard";
import { type Dashboard, expressionsOf, plainly } from "../unit/support/dashboard";
import { checkExpressions, type Series, testQueries, testRules } from "./support/promtool";

/** What an alert is shown, and what must come of it. Label names are those of Argo CD 3.6 and blackbox_exporter. */
interface Case {
    readonly series: readonly Series[];
    readonly at: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly summary: string;
    readonly description: string;
}

const settings = alerts.parse({ severities: { prod: "critical", lab: "info", hub: "critical" } });
const runbooks = "https://git.example.com/runbooks";
const region = "eu-west-1";
const prod = { cluster: "prod", environment: "prod", region };
const staging = { cluster: "staging", environment: "staging", region };
const lab = { cluster: "lab", environment: "lab", region };

/** The first value is at 1970-01-01. prod's token reaches the limit of 90 days ten minutes later. */
const rules = [
    rulesFile(fleetRules(settings, runbooks)),
    rulesFile(credentialRules(prod, { created: "1969-10-03T00:10:00Z" })),
    rulesFile(credentialRules(staging, { created: "1970-01-01T00:00:00Z" })),
];

const job = "hubspoke-probe";
const instance = "https://agent.prod.example.com/healthz";
const probed = (metric: string, probe: string, of: object, values: string, more: object = {}): Series => ({
    metric,
    labels: { job, probe, instance, ...of, ...more },
    values,
});

/** What Argo CD says of its clusters: `Application`s and connections name one by its URL alone. */
const clusters = [prod, staging, lab].map(
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

const connection = (cluster: string, values: string): Series => ({
    metric: "argocd_cluster_connection_status",
    labels: { server: `https://${cluster}:6443`, k8s_version: "1.37", instance: "controller-0:8082" },
    values,
});

const application = (cluster: string, state: Record<string, string>, values = "1x600"): Series => ({
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

const applicationLabels = (of: typeof prod, severity: string) => ({
    ...of,
    name: `agent-${of.cluster}`,
    project: "agent",
    server: `https://${of.cluster}:6443`,
    dest_server: `https://${of.cluster}:6443`,
    severity,
});

const queue = (values: string): Series => ({
    metric: "workqueue_depth",
    labels: { name: "app_reconciliation_queue", controller: "", priority: "", instance: "controller-0:8082" },
    values,
});

const gitFailures = (values: string): Series => ({
    metric: "argocd_git_fetch_fail_total",
    labels: { repo: "https://git.example.com/agent", revision: "main", instance: "repo-server-0:8084" },
    values,
});

const rendered = (grpc_code: string, values: string): Series => ({
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

const cases: Record<string, { fires: Case[]; silent: Omit<Case, "labels" | "summary" | "description">[] }> = {
    ClusterUnreachable: {
        fires: [
            {
                series: [probed("probe_success", "api", prod, "1x3 0x8")],
                at: "1m30s",
                labels: { ...prod, severity: "critical" },
                summary: "The API server of prod does not answer",
                description:
                    "The hub cannot reach the API server of prod (prod, eu-west-1). What runs there may still serve users: " +
                    "see AgentUnreachable.",
            },
        ],
        silent: [
            { series: [probed("probe_success", "api", prod, "1x3 0 1x8")], at: "1m30s" },
            { series: [probed("probe_success", "api", prod, "1x3 0x8")], at: "1m" },
            { series: [probed("probe_success", "agent", prod, "0x12")], at: "1m30s" },
        ],
    },
    AgentUnreachable: {
        fires: [
            {
                series: [
                    probed("probe_success", "agent", staging, "0x12", { vantage: "outside" }),
                    probed("probe_success", "agent", staging, "1x12", { vantage: "hub" }),
                ],
                at: "2m",
                labels: { ...staging, vantage: "outside", severity: "warning" },
                summary: "Users of staging do not reach the agent",
                description: "The agent's public name on staging (staging, eu-west-1) does not answer, seen from outside.",
            },
        ],
        silent: [{ series: [probed("probe_success", "api", staging, "0x12", { vantage: "hub" })], at: "2m" }],
    },
    ClusterConnectionLost: {
        fires: [
            {
                series: [...clusters, connection("prod", "1x4 0x20"), connection("staging", "1x24")],
                at: "5m",
                labels: { ...prod, server: "https://prod:6443", severity: "critical" },
                summary: "Argo CD has lost prod",
                description:
                    "Argo CD cannot read prod (prod) at https://prod:6443, so it delivers nothing there, and its status of " +
                    "Applications there is out of date.",
            },
            {
                series: [...clusters, connection("lab", "1x4 0x20")],
                at: "5m",
                labels: { ...lab, server: "https://lab:6443", severity: "info" },
                summary: "Argo CD has lost lab",
                description:
                    "Argo CD cannot read lab (lab) at https://lab:6443, so it delivers nothing there, and its status of " +
                    "Applications there is out of date.",
            },
        ],
        silent: [{ series: [...clusters, connection("prod", "1x24"), connection("staging", "1x24")], at: "5m" }],
    },
    CredentialTooOld: {
        fires: [
            {
                series: [],
                at: "11m",
                labels: { ...prod, severity: "critical" },
                summary: "The token for prod must be rotated",
                description:
                    "Argo CD's token for prod is 90d 0h 1m 0s old: more than 2160h, or than two thirds of its lifetime.",
            },
        ],
        silent: [{ series: [], at: "9m" }],
    },
    CertificateEnding: {
        fires: [
            {
                series: [probed("probe_ssl_earliest_cert_expiry", "agent", lab, `${14 * 86_400}x4`)],
                at: "1m",
                labels: { ...lab, instance, severity: "info" },
                summary: "A certificate expires soon: lab",
                description: `A certificate of ${instance} expires in 13d 23h 59m 0s, and nothing has renewed it.`,
            },
            {
                series: [
                    {
                        metric: "certmanager_certificate_expiration_timestamp_seconds",
                        labels: { name: "argocd-server", namespace: "argocd", issuer_name: "hub" },
                        values: `${86_400}x4`,
                    },
                ],
                at: "1m",
                labels: { name: "argocd-server", environment: "hub", severity: "critical" },
                summary: "A certificate expires soon: argocd-server",
                description: "A certificate of the hub (argocd-server) expires in 23h 59m 0s, and nothing has renewed it.",
            },
        ],
        silent: [{ series: [probed("probe_ssl_earliest_cert_expiry", "agent", lab, `${15 * 86_400}x4`)], at: "1m" }],
    },
    ApplicationDegraded: {
        fires: [
            {
                series: [...clusters, application("prod", { health_status: "Degraded" })],
                at: "6m",
                labels: applicationLabels(prod, "critical"),
                summary: "agent-prod is Degraded",
                description: "Argo CD has seen agent-prod on prod (prod) Degraded for 5m.",
            },
        ],
        silent: [
            { series: [...clusters, application("prod", { health_status: "Progressing" })], at: "6m" },
            {
                series: [
                    ...clusters,
                    application("prod", { health_status: "Degraded" }, "1x12 stale"),
                    application("prod", { health_status: "Healthy" }, "_x12 1x30"),
                ],
                at: "6m",
            },
        ],
    },
    ApplicationOutOfSync: {
        fires: [
            {
                series: [...clusters, application("staging", { sync_status: "OutOfSync" })],
                at: "31m",
                labels: applicationLabels(staging, "warning"),
                summary: "agent-staging is not Synced",
                description: "agent-staging on staging (staging) has differed from Git for 30m.",
            },
        ],
        silent: [
            { series: [...clusters, application("staging", {})], at: "31m" },
            { series: [...clusters, application("staging", { sync_status: "OutOfSync" })], at: "29m" },
        ],
    },
    SyncFailing: {
        fires: [
            {
                series: [...clusters, application("prod", { phase: "Failed" })],
                at: "2m",
                labels: applicationLabels(prod, "critical"),
                summary: "The last sync of agent-prod failed",
                description: "The last sync of agent-prod on prod (prod) ended in an error, and no later one has succeeded.",
            },
        ],
        silent: [{ series: [...clusters, application("prod", { phase: "Running", operation: "sync" })], at: "2m" }],
    },
    ReconciliationQueueGrowing: {
        fires: [
            {
                series: [queue("1+1x200")],
                at: "40m",
                labels: { name: "app_reconciliation_queue", environment: "hub", severity: "critical" },
                summary: "Argo CD does not keep up",
                description:
                    "app_reconciliation_queue has not been empty for half an hour, and grows: changes reach clusters late.",
            },
        ],
        silent: [
            { series: [queue("500-2x200")], at: "40m" },
            { series: [queue("0 9 0 12 0 15 0 18 0 21 0 24 0 27 0 30 0 33 0 36 0 39 0 42 0 45 0+0x180")], at: "40m" },
        ],
    },
    RepoServerErrors: {
        fires: [
            {
                series: [gitFailures("0+1x200")],
                at: "25m",
                labels: { repo: "https://git.example.com/agent", environment: "hub", severity: "critical" },
                summary: "Argo CD cannot read Git, or cannot render",
                description:
                    "Git requests to https://git.example.com/agent fail: changes in Git do not arrive.",
            },
            {
                series: [rendered("OK", "0+9x200"), rendered("Unknown", "0+1x200")],
                at: "25m",
                labels: { grpc_method: "GenerateManifest", environment: "hub", severity: "critical" },
                summary: "Argo CD cannot read Git, or cannot render",
                description: "GenerateManifest of the repo server fails: changes in Git do not arrive.",
            },
        ],
        silent: [
            { series: [gitFailures("7x200")], at: "25m" },
            { series: [rendered("OK", "0+99x200"), rendered("Unknown", "0+1x200")], at: "25m" },
        ],
    },
    ArgoCdSilent: {
        fires: [
            {
                series: [{ metric: "argocd_repo_pending_request_total", values: "0x40" }],
                at: "6m",
                labels: { environment: "hub", severity: "critical" },
                summary: "Argo CD's controller sends no metrics",
                description:
                    "No application controller is scraped: alerts about Applications and connections cannot fire.",
            },
        ],
        silent: [
            {
                series: [
                    {
                        metric: "argocd_cluster_info",
                        labels: { server: "https://prod:6443", name: "prod", k8s_version: "1.37" },
                        values: "1x40",
                    },
                ],
                at: "6m",
            },
        ],
    },
    ProberSilent: {
        fires: [
            {
                series: [probed("up", "api", prod, "0x20")],
                at: "3m",
                labels: { ...prod, probe: "api", severity: "critical" },
                summary: "prod is not monitored: the prober does not answer",
                description: "blackbox_exporter does not probe prod (api), so its outage would not cause an alert.",
            },
        ],
        silent: [{ series: [probed("up", "api", prod, "1x20"), probed("probe_success", "api", prod, "0x20")], at: "3m" }],
    },
    HubSilent: {
        fires: [
            {
                series: [],
                at: "1m",
                labels: { environment: "hub", severity: "none" },
                summary: "The hub's watch works",
                description:
                    "Always firing. The receiver must send an alert when this stops: then the hub, its Prometheus or " +
                    "its Alertmanager is silent.",
            },
        ],
        // A dead man's switch has no state in which it is silent.
        silent: [],
    },
};

describe("the alerts, in Prometheus", () => {
    for (const { name } of alertsOf(settings)) {
        it(`${name} fires when it should, with its labels and texts, and not otherwise`, async () => {
            const { fires = [], silent = [] } = cases[name] ?? {};
            expect(fires).not.to.deep.equal([]);
            const { ok, output } = await testRules(rules, [
                ...fires.map(({ series, at, labels, summary, description }, index) => {
                    const annotations = { summary, description, runbook_url: `${runbooks}/${name}.md` };
                    return { name: `${name} ${index}`, series, alert: name, at, fires: [{ labels, annotations }] };
                }),
                ...silent.map(({ series, at }, index) => ({
                    name: `${name}, silent ${index}`, series, alert: name, at, fires: [],
                })),
            ]);
            expect(ok, output).to.equal(true);
        });
    }
});

describe("the end of a token, in Prometheus", () => {
    it("is announced when two thirds of its lifetime are over, and not before", async () => {
        const ends = { created: "1970-01-01T00:00:00Z", expires: "1970-01-01T00:30:00Z" };
        const files = [rulesFile(fleetRules(settings, runbooks)), rulesFile(credentialRules(staging, ends))];
        const given = { series: [], alert: "CredentialTooOld" };
        const annotations = {
            summary: "The token for staging must be rotated",
            description: "Argo CD's token for staging is 21m 0s old: more than 2160h, or than two thirds of its lifetime.",
            runbook_url: `${runbooks}/CredentialTooOld.md`,
        };
        const { ok, output } = await testRules(files, [
            { ...given, name: "before", at: "19m", fires: [] },
            { ...given, name: "after", at: "21m", fires: [{ labels: { ...staging, severity: "warning" }, annotations }] },
        ]);
        expect(ok, output).to.equal(true);
    });
});

describe("the dashboard, in Prometheus", () => {
    it("has only queries that it can parse", async () => {
        const asked = expressionsOf(fleetDashboard()).map(plainly);
        const { ok, output } = await checkExpressions(asked);
        expect(ok, output).to.equal(true);
        expect(output).to.include(`SUCCESS: ${asked.length} rules found`);
        const wrong = await checkExpressions([...asked, "count(up"]);
        expect(wrong.ok).to.equal(false);
    });

    it("lists the clusters that Argo CD leaves alone, and none that only has another name in Argo CD", async () => {
        const alone = fleetDashboard() as Dashboard;
        const [expression = ""] = alone.panels.flatMap(({ title, targets }) =>
            title === "Clusters that Argo CD leaves alone" ? targets.map(({ expr }) => plainly(expr)) : [],
        );
        const probes = [prod, staging, lab].map((of) => probed("probe_success", "agent", of, "1x8"));
        const expected = (...names: (typeof prod)[]) => names.map((labels) => ({ labels, value: 1 }));
        const isOther = (series: Series) => series.labels?.server !== "https://prod:6443";
        const { ok, output } = await testQueries(rules, [
            { name: "none", series: [...probes, ...clusters], expr: expression, at: "1m", finds: [] },
            { name: "prod", series: [...probes, ...clusters.filter(isOther)], expr: expression, at: "1m", finds: expected(prod) },
        ]);
        expect(ok, output).to.equal(true);
    });
});
