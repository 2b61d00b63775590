import { expect } from "chai";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import type { RuleGroups } from "../../components/watch/ruleFile";
import { fleetRules } from "../../components/watch/rules";
import { runbookFolder } from "../../components/watch/runbooks";
import { milliseconds } from "../../settings/duration";
import { alerts } from "../../settings/alerts";
import { bringUpHub } from "./support/hub";
import { all, everything, one } from "./support/mocks";

function rulesOf(given: Record<string, unknown> = {}) {
    const [group] = fleetRules(alerts.parse(given), "https://git.example.com/runbooks").groups;
    return (group?.rules ?? []).flatMap((rule) => ("alert" in rule ? [rule] : []));
}

describe("the fleet's alerts", () => {
    it("are by default those of fixtures/fleetRules.yaml, with their conditions and texts", () => {
        const expected = parse(readFileSync(path.join(__dirname, "fixtures/fleetRules.yaml"), "utf8")) as RuleGroups;
        expect(fleetRules(alerts.parse({}), "https://git.example.com/runbooks")).to.deep.equal(expected);
    });

    it("all contain what happened, the severity, and a link", () => {
        const rules = rulesOf();
        expect(rules).to.have.length.greaterThan(10);
        for (const { alert, labels, annotations } of rules) {
            expect(labels.severity, alert).to.be.a("string").and.not.equal("");
            expect(annotations.summary, alert).to.match(/\S/);
            expect(annotations.description, alert).to.match(/\.(\{\{ end \}\}.*)?$/);
            expect(annotations.runbook_url).to.equal(`https://git.example.com/runbooks/${alert}.md`);
        }
    });

    it("take their severity from the environment, and the hub's from its own", () => {
        const severity = (name: string, severities?: Record<string, string>) =>
            rulesOf(severities && { severities }).find(({ alert }) => alert === name)?.labels.severity;
        expect(severity("ClusterUnreachable")).to.equal(
            '{{ if eq $labels.environment "dr" "prod" }}critical{{ else }}warning{{ end }}',
        );
        expect(severity("ClusterUnreachable", { prod: "critical", lab: "info" })).to.equal(
            '{{ if eq $labels.environment "prod" }}critical{{ else if eq $labels.environment "lab" }}info' +
                "{{ else }}warning{{ end }}",
        );
        expect(severity("ClusterUnreachable", {})).to.equal("warning");
        expect(severity("ArgoCdSilent")).to.equal("warning");
        expect(severity("ArgoCdSilent", { hub: "critical" })).to.equal("critical");
        expect(severity("HubSilent", { hub: "critical" })).to.equal("none");
    });

    it("wait for the time in the settings", () => {
        const given = { unreachableFor: "5s", degradedFor: "1m", outOfSyncFor: "2h", credentialMaxAge: "1h30m" };
        const rules = new Map(rulesOf(given).map((rule) => [rule.alert, rule]));
        for (const name of ["ClusterUnreachable", "AgentUnreachable", "ClusterConnectionLost"]) {
            expect(rules.get(name)?.for, name).to.equal("5s");
        }
        expect(rules.get("ApplicationDegraded")?.for).to.equal("1m");
        expect(rules.get("ApplicationOutOfSync")?.for).to.equal("2h");
        expect(rules.get("CredentialTooOld")?.expr).to.match(/> 5400\nor\n/);
    });

    it("parse a Prometheus duration", () => {
        expect(["30s", "5m", "2160h", "1h30m5s"].map(milliseconds)).to.deep.equal([30_000, 300_000, 7_776_000_000, 5_405_000]);
    });

    const repositories = [
        ["https://git.example.com/agent.git", "https://git.example.com/agent/blob/main/docs/runbooks"],
        ["git@git.example.com:team/agent.git", "https://git.example.com/team/agent/blob/main/docs/runbooks"],
        ["ssh://git@git.example.com:2222/team/agent", "https://git.example.com/team/agent/blob/main/docs/runbooks"],
    ] as const;
    it("have their pages beside the first chart in Git, or in the program's own docs without one", () => {
        const chart = { charts: "ghcr.io/example", chart: "web", oci: true, version: "1.4.2", values: undefined };
        const inGit = { repository: "https://git.example.com/shop.git/", path: "helm", revision: "v1" };
        expect(runbookFolder({}, [{ source: chart }, { source: inGit }])).to.equal(
            "https://git.example.com/shop/blob/v1/docs/runbooks",
        );
        expect(runbookFolder({}, [{ source: chart }])).to.equal("docs/runbooks");
    });

    for (const [repository, expected] of repositories) {
        it(`have their pages next to the chart in ${repository}, unless the settings say otherwise`, () => {
            expect(runbookFolder({}, [{ source: { repository, path: "helm", revision: "main" } }])).to.equal(expected);
            const given = { runbooks: "https://wiki.example.com/alerts/" };
            expect(runbookFolder(given, [{ source: { repository, path: "helm", revision: "main" } }])).to.equal("https://wiki.example.com/alerts");
        });
    }
});

describe("the monitoring of a hub", () => {
    it("is a rules file if there is no Prometheus operator", async () => {
        await bringUpHub();
        const { inputs } = one("kubernetes:core/v1:ConfigMap", "alerts-rules");
        expect(inputs.metadata).to.deep.equal({
            name: "hubspoke-alert-rules",
            namespace: "argocd",
            labels: { "app.kubernetes.io/managed-by": "pulumi", "hubspoke/alert-rules": "true" },
        });
        const file = parse((inputs.data as Record<string, string>)["rules.yaml"] ?? "") as RuleGroups;
        const runbooks = "https://git.example.com/agent/blob/main/docs/runbooks";
        expect(file).to.deep.equal(fleetRules(alerts.parse({}), runbooks));
    });

    it("is a PrometheusRule with the same rules if there is one, with the labels that it selects", async () => {
        await bringUpHub({ alerts: { labels: { release: "monitoring" } } }, undefined, { alertObjects: "operator" });
        const { inputs } = one("kubernetes:monitoring.coreos.com/v1:PrometheusRule", "alerts-rules");
        expect(inputs.metadata).to.deep.equal({
            name: "hubspoke",
            namespace: "argocd",
            labels: { release: "monitoring" },
        });
        const runbooks = "https://git.example.com/agent/blob/main/docs/runbooks";
        expect(inputs.spec).to.deep.equal(fleetRules(alerts.parse({}), runbooks));
    });

    it("contains the prober's modules that its probes name", async () => {
        await bringUpHub();
        const { inputs } = one("kubernetes:core/v1:ConfigMap", "alerts-blackbox");
        const { modules } = parse((inputs.data as Record<string, string>)["blackbox.yaml"] ?? "") as {
            modules: Record<string, { http: object }>;
        };
        expect(modules).to.have.all.keys("hubspoke_api", "hubspoke_agent");
        expect(modules.hubspoke_api?.http).to.deep.include({ valid_status_codes: [200, 401, 403] });
        // What users see must be verified as users verify it.
        expect(modules.hubspoke_agent?.http).not.to.have.property("tls_config");
    });

    it("can be disabled", async () => {
        await bringUpHub({}, undefined, { alertObjects: "none" });
        expect(all("kubernetes:core/v1:ConfigMap")).to.deep.equal([]);
        expect(everything().filter(({ type }) => type.includes("monitoring.coreos.com"))).to.deep.equal([]);
    });
});
