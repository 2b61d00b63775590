import { readFileSync } from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { parseAllDocuments } from "yaml";
import { kubectl } from "../../lab/kubectl";
import { projectRoot } from "../../lab/paths";
import { toolPath } from "../../lab/tools";
import { agentRules, lintChart, renderChart, valuesFiles } from "../support/agentChart";
import { dryRun } from "./support/dryRun";

interface Manifest {
    readonly kind: string;
    readonly metadata: {
        readonly name: string;
        readonly labels: Readonly<Record<string, string>>;
        readonly annotations?: Readonly<Record<string, string>>;
    };
    readonly spec: Readonly<Record<string, unknown>>;
}

interface Selected {
    readonly podSelector: { readonly matchLabels: object };
}

/** A policy with one rule for each direction. */
interface Policy extends Selected {
    readonly ingress: readonly [{ readonly from: readonly [Selected] }];
    readonly egress: readonly [{ readonly to: readonly [Selected] }];
}

const helm = toolPath("helm");
const everything = path.join("ci", "everything-values.yaml");

async function manifests(values: string, settings: string[] = []): Promise<Manifest[]> {
    return parseAllDocuments(await renderChart(helm, values, settings)).map((one) => one.toJS() as Manifest);
}

function ofKind(all: Manifest[], kind: string): Manifest {
    const found = all.filter((one) => one.kind === kind);
    expect(found, `objects of kind ${kind}`).to.have.lengthOf(1);
    return found[0]!;
}

/** Of external-dns' annotations: before its release 0.22, and since. */
const externalDnsPrefixes = ["external-dns.alpha.kubernetes.io", "external-dns.kubernetes.io"];

/** What has either external-dns publish that name and no other. */
function published(source: string, host: string): Record<string, string> {
    const annotations = { [`${source}-hostname-source`]: "annotation-only", hostname: host, ttl: "60" };
    return Object.fromEntries(
        externalDnsPrefixes.flatMap((prefix) =>
            Object.entries(annotations).map(([name, value]) => [`${prefix}/${name}`, value]),
        ),
    );
}

/** The first words of helm's refusal; fails when helm does not refuse. */
async function refusal(settings: string[]): Promise<string> {
    try {
        await renderChart(helm, "values-prod.yaml", settings);
    } catch (error) {
        return (error as Error).message;
    }
    throw new Error(`helm accepts ${settings.join(" ")}`);
}

describe("the agent's chart", function () {
    this.timeout(30_000);

    for (const values of valuesFiles()) {
        it(`passes helm lint with ${values}`, () => lintChart(helm, values));

        it(`renders the same bytes twice with ${values}`, async () => {
            expect(await renderChart(helm, values)).to.equal(await renderChart(helm, values));
        });
    }

    it("renders the same for dr as for prod, except names, domain and region", async () => {
        const facts = { name: "prod", environment: "prod", region: "eu-west-1", domain: "prod.example.com" };
        const settings = Object.entries(facts).map(([key, value]) => `cluster.${key}=${value}`);
        const prod = await renderChart(helm, "values-prod.yaml");
        expect(await renderChart(helm, "values-dr.yaml")).not.to.equal(prod);
        expect(await renderChart(helm, "values-dr.yaml", settings)).to.equal(prod);
    });

    it("gives staging one pod and prod an autoscaler, which alone sets the number", async () => {
        const staging = await manifests("values-staging.yaml");
        expect(ofKind(staging, "Deployment").spec).to.have.property("replicas", 1);
        expect(staging.map(({ kind }) => kind)).not.to.include("HorizontalPodAutoscaler");

        const prod = await manifests("values-prod.yaml");
        expect(ofKind(prod, "Deployment").spec).not.to.have.property("replicas");
        expect(ofKind(prod, "HorizontalPodAutoscaler").spec).to.include({ minReplicas: 3, maxReplicas: 10 });
    });

    it("tells the agent the facts of its cluster", async () => {
        const config = ofKind(await manifests("values-prod.yaml", ["cluster.name=prod-2", "cluster.dnsDomain=prod.internal"]), "ConfigMap");
        expect(config).to.have.deep.property("data", {
            CLUSTER_NAME: "prod-2",
            CLUSTER_ENVIRONMENT: "prod",
            CLUSTER_REGION: "eu-west-1",
            CLUSTER_DOMAIN: "prod.example.com",
            GRACE_SECONDS: "45",
            LOG_LEVEL: "info",
            PUBLIC_HOST: "agent.prod.example.com",
            SERVICE_HOST: "agent.default.svc.prod.internal",
        });
    });

    it("publishes the cluster's own name by external-dns, with a certificate of the named issuer", async () => {
        const ingress = ofKind(await manifests("values-staging.yaml"), "Ingress");
        expect(ingress).to.have.deep.nested.property("metadata.annotations", {
            "cert-manager.io/cluster-issuer": "letsencrypt",
            ...published("ingress", "agent.staging.example.com"),
        });
        const off = ofKind(await manifests("values-staging.yaml", ["ingress.externalDns.enabled=false"]), "Ingress");
        expect(off).to.have.nested.property("metadata.annotations").that.has.all.keys(
            "cert-manager.io/cluster-issuer",
            ...externalDnsPrefixes.map((prefix) => `${prefix}/ingress-hostname-source`),
        );
    });

    it("answers to the users' name on every cluster, with its own certificate, and publishes it from none", async () => {
        const users = ["config.USERS_HOST=agent.example.com", "httpRoute.enabled=true"];
        const all = await manifests("values-dr.yaml", users);
        const ingress = ofKind(all, "Ingress");
        const rules = ingress.spec.rules as { host: string; http: object }[];
        expect(rules.map(({ host }) => host)).to.deep.equal(["agent.dr.example.com", "agent.example.com"]);
        expect(rules[1]?.http).to.deep.equal(rules[0]?.http);
        expect(ingress.spec.tls).to.deep.equal([
            { hosts: ["agent.dr.example.com"], secretName: "agent-tls" },
            { hosts: ["agent.example.com"], secretName: "agent-users-tls" },
        ]);
        const route = ofKind(all, "HTTPRoute");
        expect(route.spec.hostnames).to.deep.equal(["agent.dr.example.com", "agent.example.com"]);
        expect(ingress).to.have.deep.nested.property("metadata.annotations", {
            "cert-manager.io/cluster-issuer": "letsencrypt",
            ...published("ingress", "agent.dr.example.com"),
        });
        expect(route).to.have.deep.nested.property("metadata.annotations", published("gateway", "agent.dr.example.com"));
        expect(ofKind(all, "ConfigMap")).to.have.nested.property("data.USERS_HOST", "agent.example.com");

        const same = await manifests("values-dr.yaml", ["config.USERS_HOST=agent.dr.example.com", "httpRoute.enabled=true"]);
        expect(ofKind(same, "Ingress").spec).to.have.property("rules").with.lengthOf(1);
        expect(ofKind(same, "HTTPRoute").spec.hostnames).to.deep.equal(["agent.dr.example.com"]);
    });

    it("restarts the pods when the configuration changes, and only then", async () => {
        const annotations = "spec.template.metadata.annotations";
        const [before, same, other] = await Promise.all(
            ["replicas=1", "replicas=2", "config.LOG_LEVEL=error"].map(async (setting) =>
                ofKind(await manifests("values-staging.yaml", [setting]), "Deployment"),
            ),
        );
        expect(before).to.have.nested.property(`${annotations}.checksum/config`);
        expect(same?.spec.template).to.deep.equal(before?.spec.template);
        expect(other?.spec.template).not.to.deep.equal(before?.spec.template);
    });

    for (const kind of ["Deployment", "Job"]) {
        it(`runs the pods of its ${kind} restricted and without a token`, async () => {
            const pod = ofKind(await manifests(everything), kind).spec;
            expect(pod).to.have.nested.property("template.spec.automountServiceAccountToken", false);
            expect(pod).to.have.nested.property("template.spec.securityContext.runAsNonRoot", true);
            expect(pod).to.have.deep.nested.property("template.spec.securityContext.seccompProfile", {
                type: "RuntimeDefault",
            });
            expect(pod).to.have.deep.nested.property("template.spec.containers[0].securityContext", {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
            });
        });
    }

    it("has a test for `helm test` alone, which the API server admits to the agent's namespace", async () => {
        const all = await manifests("values-staging.yaml");
        const tests = all.filter(({ metadata }) => metadata.annotations?.["helm.sh/hook"] !== undefined);
        expect(tests.map(({ kind, metadata }) => [kind, metadata.name, metadata.annotations?.["helm.sh/hook"]])).to.deep.equal([
            ["NetworkPolicy", "agent-test", "test"],
            ["Pod", "agent-test", "test"],
        ]);
        expect(await dryRun(tests)).to.have.lengthOf(2);
        expect(await kubectl("staging", ["get", "pod,networkpolicy", "--namespace=agent", "--output=name"])).not.to.include("-test");
    });

    it("lets the test reach the agent, and nobody else", async () => {
        const all = await manifests("values-staging.yaml");
        const { spec: policy } = ofKind(all.filter(({ metadata }) => metadata.name === "agent-test"), "NetworkPolicy");
        const server = ofKind(all, "Deployment");
        const test = ofKind(all, "Pod");
        const isIn = (labels: unknown, selector: unknown) => expect(labels).to.include(selector);
        const labelsOfServer = (server.spec.template as { metadata: { labels: unknown } }).metadata.labels;
        const { podSelector, ingress, egress } = policy as unknown as Policy;
        isIn(labelsOfServer, podSelector.matchLabels);
        isIn(test.metadata.labels, podSelector.matchLabels);
        isIn(test.metadata.labels, ingress[0].from[0].podSelector.matchLabels);
        isIn(labelsOfServer, egress[0].to[0].podSelector.matchLabels);
        expect(labelsOfServer).not.to.include(ingress[0].from[0].podSelector.matchLabels);
        const off = await manifests("values-staging.yaml", ["networkPolicy.enabled=false"]);
        expect(off.map(({ kind }) => kind)).to.include("Pod").and.not.include("NetworkPolicy");
    });

    const refused = [
        { setting: "replica=3", words: "additional properties 'replica' not allowed" },
        { setting: "ingress.tls.issuer=x", words: "additional properties 'issuer' not allowed" },
        { setting: "image.tag=latest", words: "at '/image/tag': 'not' failed" },
        { setting: "config.USERS_HOST=https://agent.example.com", words: "at '/config/USERS_HOST'" },
        { setting: "cluster.domain=null", words: "at '/cluster': missing property 'domain'" },
        { setting: "networkPolicy.egress.all.cidr=0.0.0.0/0", words: "missing property 'ports'" },
    ];
    for (const { setting, words } of refused) {
        it(`refuses ${setting}`, async () => {
            expect(await refusal([setting])).to.include(words);
        });
    }

    it("needs exactly the rules in rules/agent.json", async () => {
        const committed = readFileSync(path.join(projectRoot, "rules", "agent.json"), "utf8");
        const remedy = "stale: npm run rules -- agent";
        expect(await agentRules(helm), remedy).to.equal(committed);
    });
});
