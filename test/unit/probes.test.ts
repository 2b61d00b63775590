import { expect } from "chai";
import { parse } from "yaml";
import { blackboxModules, probeTargets } from "../../components/watch/probePlan";
import { all, mockPulumi, one, settled } from "./support/mocks";
import { registerClusters } from "./support/register";

const labels = { region: "eu-west-1" };
const cluster = {
    cluster: "prod",
    environment: "prod",
    region: "eu-west-1",
    server: "https://10.0.0.1:6443",
    domain: "prod.example.com",
    deployed: true,
    proxied: false,
    probe: {},
};

async function register(settings: Record<string, unknown>, objects: "operator" | "files" | "none") {
    await mockPulumi();
    registerClusters("prod", { prod: { context: "prod", labels, ...settings } }, objects);
    await settled();
}

describe("the probes of a cluster", () => {
    const urls = (more: object) => probeTargets({ ...cluster, ...more }).map(({ url }) => url);
    const cases = [
        { name: "ask its API server, and the agent as users do", given: {}, expected: ["https://10.0.0.1:6443/livez", "https://agent.prod.example.com/healthz"] },
        { name: "keep a path of the API server", given: { server: "https://rancher/k8s/c-1" }, expected: ["https://rancher/k8s/c-1/livez", "https://agent.prod.example.com/healthz"] },
        { name: "leave out an agent that is not delivered there", given: { deployed: false }, expected: ["https://10.0.0.1:6443/livez"] },
        { name: "leave out an API server behind a proxy", given: { proxied: true }, expected: ["https://agent.prod.example.com/healthz"] },
        { name: "follow the settings", given: { proxied: true, probe: { api: "http://a", agent: "http://b" } }, expected: ["http://a", "http://b"] },
        { name: "leave out a paused agent, whatever its address", given: { deployed: false, probe: { agent: "http://b" } }, expected: ["https://10.0.0.1:6443/livez"] },
        { name: "can be turned off", given: { probe: { api: false, agent: false } }, expected: [] },
    ] as const;
    for (const { name, given, expected } of cases) {
        it(name, () => expect(urls(given)).to.deep.equal(expected));
    }

    it("are a targets file if there is no Prometheus operator, and a rule with the token's age", async () => {
        await register({}, "files");
        const { inputs, provider } = one("kubernetes:core/v1:ConfigMap", "prod-probes-files");
        expect(provider).to.equal("hub");
        expect(inputs.metadata).to.deep.equal({
            name: "probe-prod",
            namespace: "argocd",
            annotations: { "hubspoke/stack": "organization/hubspoke/prod" },
            labels: {
                "app.kubernetes.io/managed-by": "pulumi",
                "hubspoke/probe-targets": "true",
                "hubspoke/alert-rules": "true",
            },
        });
        const data = inputs.data as Record<string, string>;
        const named = { cluster: "prod", environment: "prod", region: "eu-west-1" };
        expect(JSON.parse(data["targets.json"] ?? "")).to.deep.equal([
            { targets: ["https://prod.example.com/livez"], labels: { probe: "api", ...named } },
            { targets: ["https://agent.prod.example.com/healthz"], labels: { probe: "agent", ...named } },
        ]);
        const created = Date.parse("2026-01-02T00:00:00Z") / 1000;
        expect(parse(data["rules.yaml"] ?? "")).to.deep.equal({
            groups: [
                {
                    name: "hubspoke-credential-prod",
                    rules: [{ record: "hubspoke:credential:created", expr: `vector(${created})`, labels: named }],
                },
            ],
        });
    });

    it("are the Prometheus operator's objects if it is installed", async () => {
        await register({}, "operator");
        const metadata = {
            namespace: "argocd",
            labels: { release: "monitoring" },
            annotations: { "hubspoke/stack": "organization/hubspoke/prod" },
        };
        const probe = one("kubernetes:monitoring.coreos.com/v1:Probe", "prod-probes-api");
        expect(probe.provider).to.equal("hub");
        expect(probe.inputs.metadata).to.deep.equal({ ...metadata, name: "probe-prod-api" });
        expect(probe.inputs.spec).to.deep.equal({
            jobName: "hubspoke-probe",
            interval: "15s",
            module: "hubspoke_api",
            prober: { url: "prober:9115" },
            targets: {
                staticConfig: {
                    static: ["https://prod.example.com/livez"],
                    labels: { probe: "api", cluster: "prod", environment: "prod", region: "eu-west-1", vantage: "hub" },
                },
            },
        });
        expect(one("kubernetes:monitoring.coreos.com/v1:Probe", "prod-probes-agent").inputs.spec).to.deep.include({
            module: "hubspoke_agent",
        });
        const rule = one("kubernetes:monitoring.coreos.com/v1:PrometheusRule", "prod-probes-credential");
        expect(rule.inputs.metadata).to.deep.equal({ ...metadata, name: "probe-prod" });
        expect(all("kubernetes:core/v1:ConfigMap").filter(({ provider }) => provider === "hub")).to.deep.equal([]);
    });

    it("have modules of the exporter: any answer of an API server counts, and 200 of the agent", () => {
        const { hubspoke_api: api, hubspoke_agent: agent, ...others } = blackboxModules().modules;
        expect(others).to.deep.equal({});
        expect(api).to.deep.equal({
            prober: "http",
            timeout: "5s",
            http: {
                preferred_ip_protocol: "ip4",
                follow_redirects: false,
                valid_status_codes: [200, 401, 403],
                tls_config: { insecure_skip_verify: true },
            },
        });
        expect(agent).to.deep.equal({
            ...{ prober: "http", timeout: "5s" },
            http: { preferred_ip_protocol: "ip4", valid_status_codes: [200] },
        });
    });

    it("have no token age with a cloud identity", async () => {
        const subject = { kind: "Group", name: "argocd" };
        await register({ credentials: { type: "aws", clusterName: "prod", subject } }, "files");
        const { inputs } = one("kubernetes:core/v1:ConfigMap", "prod-probes-files");
        expect(inputs.data).to.have.all.keys("targets.json");
        expect((inputs.metadata as { labels: object }).labels).not.to.have.property("hubspoke/alert-rules");
    });

    it("are not created if the hub's monitoring is disabled", async () => {
        await register({}, "none");
        expect(all("kubernetes:core/v1:ConfigMap").filter(({ provider }) => provider === "hub")).to.deep.equal([]);
    });
});
