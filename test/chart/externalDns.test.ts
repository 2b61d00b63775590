import { expect } from "chai";
import {
    externalDnsChart,
    externalDnsNamespace,
    externalDnsValues,
    type ExternalDnsSettings,
} from "../../components/traffic/externalDnsValues";
import { traffic } from "../../settings/traffic";
import { type Container, workloads } from "./support/objects";
import { type Chart, chartsFrom, render } from "./support/render";

function settingsOf(more: object): ExternalDnsSettings {
    const given = { mode: "install", provider: "cloudflare", ...more };
    return traffic.parse({ active: "prod", externalDns: given })?.externalDns as ExternalDnsSettings;
}

/** The one container, and the objects beside it. */
async function rendered(chart: Chart, more: object = {}) {
    const objects = await render(chart, externalDnsValues(settingsOf(more), "example.com"));
    const [workload, ...others] = workloads(objects);
    expect(others).to.deep.equal([]);
    const [container] = workload?.pod.containers as [Container & { args: string[]; env: object[] }];
    return { objects, container };
}

const testChart = (chart: Chart) => describe(`the real chart ${chart.name}`, function () {
    this.timeout(60_000);

    it("publishes only the hub's labelled records, in its zone, and deletes none", async () => {
        const { container } = await rendered(chart);
        expect(container.args).to.include.members([
            "--provider=cloudflare",
            "--policy=upsert-only",
            "--registry=txt",
            "--txt-owner-id=hubspoke-hub",
            "--label-filter=hubspoke/traffic=true",
            "--interval=1m",
            "--events",
        ]);
        const filters = container.args.filter((arg) => /^--(source|domain-filter)=/.test(arg));
        expect(filters).to.deep.equal(["--source=crd", "--domain-filter=example.com"]);
    });

    it("may read DNSEndpoints and nothing else on the hub", async () => {
        const { objects } = await rendered(chart);
        const roles = objects.filter(({ kind }) => kind === "ClusterRole" || kind === "Role");
        const rules = roles.flatMap((role) => (role as unknown as { rules: { apiGroups: string[] }[] }).rules);
        expect(rules).not.to.deep.equal([]);
        expect(rules.flatMap(({ apiGroups }) => apiGroups)).to.satisfy((groups: string[]) =>
            groups.every((group) => group === "externaldns.k8s.io"),
        );
    });

    it("takes flags, variables, zones, an identity, and credentials from the program's Secret", async () => {
        const { objects, container } = await rendered(chart, {
            args: ["--cloudflare-proxied"],
            zones: ["a.example", "b.example"],
            env: { CF_LEVEL: "1" },
            secretEnv: { CF_API_TOKEN: "hunter2" },
            identity: { "eks.amazonaws.com/role-arn": "arn" },
        });
        expect(container.args).to.include.members([
            "--cloudflare-proxied",
            "--domain-filter=a.example",
            "--domain-filter=b.example",
        ]);
        expect(container.args).not.to.include("--domain-filter=example.com");
        expect(container.env).to.deep.include.members([
            { name: "CF_LEVEL", value: "1" },
            { name: "CF_API_TOKEN", valueFrom: { secretKeyRef: { name: "external-dns", key: "CF_API_TOKEN" } } },
        ]);
        const account = objects.find(({ kind }) => kind === "ServiceAccount");
        expect(account).to.have.deep.nested.property("metadata.annotations", { "eks.amazonaws.com/role-arn": "arn" });
        expect(objects.filter(({ kind }) => kind === "Secret")).to.deep.equal([]);
        expect(JSON.stringify(objects)).not.to.include("hunter2");
    });
});

chartsFrom({
    chart: "external-dns",
    release: "external-dns",
    namespace: externalDnsNamespace,
    variable: "EXTERNAL_DNS_CHART",
    repository: externalDnsChart.repository,
    versions: [externalDnsChart.version],
}).forEach(testChart);
