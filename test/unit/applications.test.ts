import type * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { chosenFor } from "../../components/applications/rooms";
import { sourcesOf } from "../../components/applications/sources";
import { credentialsFor } from "../../components/argoCd/repository";
import { parseSettings } from "../../settings";
import { selects } from "../../settings/applications";
import type { HubSettings } from "../../settings/hub";
import { agentSource, applicationsIn, hubApplications, retriever, theAgent, three } from "./support/applications";
import { bringUpHub } from "./support/hub";
import { encode, one, unwrapSecret } from "./support/mocks";

type Generators = [{ clusters: { selector: { matchExpressions: object[] } } }];

function problemsOf(given: object): string {
    try {
        applicationsIn(given);
    } catch (error) {
        return (error as Error).message;
    }
    throw new Error("the settings were accepted");
}

describe("the applications of a hub", () => {
    it("are the same if the agent is outside of the map or in it", () => {
        expect(applicationsIn({ applications: { agent: { ...agentSource, namespace: "agent" } } })).to.deep.equal([theAgent()]);
    });

    it("have the chart's registry without its scheme, and the chart's name apart", () => {
        const [, one, two] = applicationsIn(three);
        expect(one?.source).to.deep.include({ charts: "ghcr.io/example/charts", chart: "retriever", oci: true, version: "1.4.2" });
        expect(two?.source).to.deep.include({ charts: "https://charts.example.com", chart: "monitoring", oci: false });
    });

    const refused: [what: string, given: object, problem: RegExp][] = [
        ["none", {}, /hubspoke:applications: names no application/],
        [
            "the agent twice",
            { agent: agentSource, applications: { agent: { ...agentSource, namespace: "agent" } } },
            /hubspoke:agent: is an application of that name too/,
        ],
        [
            "one namespace for two",
            { agent: agentSource, applications: { retriever: { ...retriever, namespace: "agent" } } },
            /applications\.retriever\.namespace: is the namespace of agent too/,
        ],
        [
            "Argo CD's namespace",
            { agent: agentSource, applications: { retriever: { ...retriever, namespace: "argocd" } } },
            /retriever\.namespace: belongs to Kubernetes or Argo CD/,
        ],
        [
            "the name of Argo CD's first project",
            { agent: agentSource, applications: { default: retriever } },
            /applications\.default: is the name of an AppProject or an account of Argo CD/,
        ],
        [
            "the name of Argo CD's account, beside which each application has one",
            { agent: agentSource, applications: { "argocd-manager": retriever } },
            /applications\.argocd-manager: is the name of an AppProject or an account/,
        ],
        [
            "the account's namespace for the agent",
            { agent: { ...agentSource, namespace: "argocd-manager" } },
            /agent\.namespace: is the namespace of Argo CD's account/,
        ],
        ["no source", { applications: { retriever: { namespace: "a" } } }, /retriever: must have exactly one of repository .* and chart/],
        [
            "a chart without its version",
            { applications: { retriever: { chart: retriever.chart, namespace: "a" } } },
            /retriever\.version: is missing/,
        ],
        [
            "a range of versions",
            { applications: { retriever: { ...retriever, version: "^1.0.0" } } },
            /retriever\.version: must be an exact version/,
        ],
        [
            "users who follow two",
            { agent: agentSource, applications: { retriever: { ...retriever, traffic: true } } },
            /retriever\.traffic: is true, and users follow agent already/,
        ],
        [
            "users who follow none",
            { applications: { retriever }, traffic: { active: "prod", externalDns: { mode: "existing" } } },
            /hubspoke:traffic: moves users for no application/,
        ],
        [
            "a selector that is none",
            { applications: { retriever: { ...retriever, selector: "gpu" } } },
            /retriever\.selector: is not a label selector/,
        ],
    ];
    for (const [what, given, problem] of refused) {
        it(`are refused with ${what}`, () => {
            expect(problemsOf(given)).to.match(problem);
        });
    }
});

describe("a selector", () => {
    const [{ selector } = theAgent()] = applicationsIn({
        applications: {
            a: {
                ...retriever,
                selector: {
                    matchLabels: { gpu: "true" },
                    matchExpressions: [
                        { key: "tier", operator: "In", values: ["gold", "silver"] },
                        { key: "edge", operator: "DoesNotExist" },
                        { key: "region", operator: "Exists" },
                        { key: "zone", operator: "NotIn", values: ["b"] },
                    ],
                },
            },
        },
    });
    const fits = { gpu: "true", tier: "gold", region: "eu" };
    const cases: [labels: Record<string, string>, expected: boolean][] = [
        [fits, true],
        [{ ...fits, zone: "a" }, true],
        [{ ...fits, zone: "b" }, false],
        [{ ...fits, tier: "bronze" }, false],
        [{ ...fits, edge: "" }, false],
        [{ gpu: "true", tier: "gold" }, false],
        [{ ...fits, gpu: "false" }, false],
        [{ gpu: "true", region: "eu" }, false],
    ];
    for (const [labels, expected] of cases) {
        it(`${expected ? "chooses" : "does not choose"} a cluster with ${JSON.stringify(labels)}`, () => {
            expect(selects(selector, labels)).to.equal(expected);
        });
    }

    it("decides with the environment too, and an application that leaves is for no cluster", () => {
        const leaving = { ...retriever, selector: { environment: "prod" } };
        const cluster = { labels: { deploy: "true" as const, region: "eu" } };
        const names = (given: object, environment: string) => {
            const hub = { applications: hubApplications({ applications: given }) };
            return chosenFor(hub, { environment }, cluster).map(({ name }) => name);
        };
        expect(names({ retriever: leaving }, "prod")).to.deep.equal(["retriever"]);
        expect(names({ retriever: leaving }, "staging")).to.deep.equal([]);
        expect(names({ retriever: { ...leaving, deliver: false } }, "prod")).to.deep.equal([]);
    });
});

describe("the sources of an Application", () => {
    const revisions = { chart: "CHART", values: "VALUES" };

    it("are a chart in a registry with values files from Git", () => {
        const [, application = theAgent()] = applicationsIn(three);
        expect(sourcesOf(application, revisions, undefined)).to.deep.equal({
            sources: [
                {
                    repoURL: "ghcr.io/example/charts",
                    chart: "retriever",
                    targetRevision: "CHART",
                    helm: {
                        releaseName: "retriever",
                        valueFiles: [
                            "$values/retriever/values.yaml",
                            "$values/retriever/values-{{.metadata.labels.environment}}.yaml",
                        ],
                    },
                },
                { repoURL: "https://git.example.com/deploy.git", targetRevision: "VALUES", ref: "values" },
            ],
        });
    });

    it("are a chart with values by environment, in which a list replaces a list and braces stay text", () => {
        const [, , application = theAgent()] = applicationsIn(three);
        const { source } = sourcesOf(application, revisions, undefined) as { source: { helm: { values: string } } };
        expect(source.helm.values).to.equal(
            '{{ if eq .metadata.labels.environment "prod" }}{"replicas":3,"hosts":["{{ "{{" }} b }}"]}' +
                '{{ else }}{"replicas":1,"hosts":["a"]}{{ end }}',
        );
    });

    it("have the cluster's facts where the settings ask for them, and not the agent's host for others", () => {
        const [, plain = theAgent()] = applicationsIn(three);
        const given = { agent: agentSource, applications: { a: { ...retriever, facts: true } } };
        const [, wanting = theAgent()] = applicationsIn(given);
        expect(JSON.stringify(sourcesOf(plain, revisions, undefined))).not.to.include("valuesObject");
        expect(JSON.stringify(sourcesOf(wanting, revisions, undefined))).to.include('"dnsDomain":"{{');
    });
});

describe("a hub with three applications", () => {
    before(() => bringUpHub({ ...three, labels: { region: "eu" }, rollout: { strategy: "pinned" } }));

    it("has a project for each, with its repositories, its namespace and its kinds", () => {
        const specOf = (name: string) => one("kubernetes:argoproj.io/v1alpha1:AppProject", `${name}-project-appproject`).inputs.spec;
        expect(specOf("retriever")).to.deep.include({
            sourceRepos: ["ghcr.io/example/charts", "https://git.example.com/deploy.git"],
            destinations: [{ server: "*", namespace: "retriever" }],
            clusterResourceWhitelist: [],
        });
        expect(specOf("monitoring")).to.deep.include({
            clusterResourceWhitelist: [{ group: "apiextensions.k8s.io", kind: "CustomResourceDefinition" }],
        });
    });

    it("generates an Application only where there is room for it", () => {
        const type = "kubernetes:argoproj.io/v1alpha1:ApplicationSet";
        const { spec } = one(type, "retriever-applicationset-applicationset").inputs as {
            spec: { generators: Generators; template: { spec: object } };
        };
        expect(spec.generators[0].clusters.selector.matchExpressions).to.deep.include({
            key: "applications.hubspoke/retriever",
            operator: "In",
            values: ["true"],
        });
        expect(spec.template.spec).to.deep.include({ project: "retriever" });
        expect(JSON.stringify(spec)).to.include("revision.hubspoke/retriever").and.to.include("values-revision.hubspoke/retriever");
    });

    it("protects its objects of each from a deletion, but not of one that is being taken out", async () => {
        const protectedOnes: Record<string, unknown> = {};
        const transformations = [
            ({ name, opts }: pulumi.ResourceTransformationArgs) => {
                protectedOnes[name] = opts.protect;
                return undefined;
            },
        ];
        const applications = { ...three.applications, retriever: { ...retriever, deliver: false } };
        await bringUpHub({ ...three, applications }, { transformations });
        expect(protectedOnes).to.include({ "agent-project": true, "agent-applicationset": true, "monitoring-project": true });
        expect(protectedOnes).to.include({ "retriever-project": false, "retriever-applicationset": false });
    });

    it("protects the Applications of each", () => {
        const type = "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy";
        expect(JSON.stringify(one(type, "protection-policy").inputs.spec)).to.include('["agent","retriever","monitoring"]');
    });
});

describe("a repository's credential", () => {
    const hub = { role: "hub", cluster: { context: "hub" }, domain: "example.com" };
    const given = (repositories: object, applications: object = three) => {
        const settings = parseSettings({ ...hub, ...applications, repositories }) as HubSettings;
        return credentialsFor(settings).map(({ secretName, project, url }) => [secretName, project, url]);
    };
    const refusal = (repositories: object) => problemsOf({ ...three, repositories });

    it("goes to the project of each application that reads it, and to no other", () => {
        const deploy = { url: "https://git.example.com/deploy", token: "t" };
        const charts = { url: "oci://ghcr.io/example/charts", username: "u", token: "t" };
        expect(given({ deploy, charts })).to.deep.equal([
            ["repository-deploy", "retriever", "https://git.example.com/deploy"],
            ["repository-charts", "retriever", "ghcr.io/example/charts"],
        ]);
        const other = { url: "https://git.example.com/other.git", token: "t" };
        expect(given({ other }, { agent: agentSource })).to.deep.equal([["repository-other", "agent", other.url]]);
    });

    it("has the URL of the application where Argo CD would not find that of the settings", () => {
        const helm = { type: "helm", token: "t" };
        expect(given({ a: { ...helm, url: "https://charts.example.com/" } })).to.deep.equal([
            ["repository-a", "monitoring", "https://charts.example.com"],
        ]);
        expect(given({ a: { ...helm, url: "https://Charts.example.com" } })).to.deep.equal([
            ["repository-a", "monitoring", "https://Charts.example.com"],
        ]);
    });

    it("goes to the readers of other spellings of its URL, as Argo CD compares them", () => {
        const repository = "git@github.com:example/deploy.git";
        const applications = { agent: { repository }, applications: { retriever: { ...retriever, values: { repository, path: "a" } } } };
        const sshKey = "-----BEGIN PRIVATE KEY-----";
        for (const url of ["ssh://git@github.com/example/deploy.git", "git@GitHub.com:example/deploy"]) {
            expect(given({ deploy: { url, sshKey } }, applications)).to.deep.equal([
                ["repository-deploy", "agent", url],
                ["repository-deploy.retriever", "retriever", url],
            ]);
        }
    });

    it("is refused a second time, also in another spelling", () => {
        const sshKey = "-----BEGIN PRIVATE KEY-----";
        const twins = { a: { url: "git@github.com:a/b.git", sshKey }, b: { url: "ssh://git@github.com/A/b", sshKey } };
        expect(refusal(twins)).to.match(/repositories\.b\.url: is the URL of a too/);
    });

    it("is refused where several applications are there and none reads it, with the URL that one has", () => {
        const url = (given: string) => refusal({ r: { url: given, token: "t" } });
        const near = /r\.url: is read by no application.* Write oci:\/\/ghcr\.io\/example\/charts, which is retriever/;
        expect(url("oci://ghcr.io/example")).to.match(near);
        expect(url("oci://ghcr.io/example/charts/retriever")).to.match(near);
        expect(url("https://git.example.com/other.git")).to.match(/Write the URL of an application's repository, or remove it/);
    });

    it("is refused where the only application reads nearly the same URL, and kept for something else that its chart reads", () => {
        const alone = (url: string) => problemsOf({ applications: { retriever }, repositories: { r: { url, token: "t" } } });
        expect(alone("oci://ghcr.io/example/charts/retriever")).to.match(/r\.url: is read by no application.*Write oci:\/\/ghcr\.io\/example\/charts, /);
        const other = { r: { url: "oci://registry.example.com/library", token: "t", username: "u" } };
        expect(given(other, { applications: { retriever } })).to.deep.equal([["repository-r", "retriever", "registry.example.com/library"]]);
    });

    it("of a registry has its URL without a scheme", async () => {
        const repositories = { charts: { url: "oci://ghcr.io/example/charts", username: "u", token: "t" } };
        await bringUpHub({ ...three, repositories, labels: { region: "eu" } });
        expect(unwrapSecret(one("kubernetes:core/v1:Secret", "repository-charts-secret").inputs.data)).to.deep.include({
            type: encode("helm"),
            url: encode("ghcr.io/example/charts"),
            enableOCI: encode("true"),
        });
    });
});
