import { expect } from "chai";
import { alertsOf } from "../../components/watch/alerts";
import { ensureExtras } from "../../lab/tools";
import { buildLimitMs } from "./support/buildLimit";
import { application, applicationLabels, clusters, connection, gitFailures, instance, lab, probed, prod, queue, rendered, rules, runbooks, settings, staging } from "./support/fleetSeries";
import { type Series, testRules } from "./support/promtool";

/** What an alert is shown, and what must come of it. Label names are those of Argo CD 3.6 and blackbox_exporter. */
interface Case {
    readonly series: readonly Series[];
    readonly at: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly summary: string;
    readonly description: string;
}

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
    before(async function () {
        this.timeout(buildLimitMs);
        await ensureExtras(["promtool"], (line) => process.stdout.write(`      ${line}\n`));
    });

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
