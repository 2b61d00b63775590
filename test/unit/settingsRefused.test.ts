import { expect } from "chai";
import { parseSettings } from "../../settings";
import { agentSource } from "./support/applications";

/** What settings are refused with; empty if they are accepted. */
function refusal(given: Record<string, unknown>): string {
    try {
        parseSettings(given);
        return "";
    } catch (error) {
        return (error as Error).message.split("\n").slice(1).join("\n").trim();
    }
}

const hub = { role: "hub", cluster: { context: "hub" }, domain: "example.com", agent: agentSource };
const environment = { role: "environment", environment: "staging", hub: { context: "hub" } };
const spoke = (more: object) => ({ ...environment, clusters: { staging: { context: "a", labels: { region: "eu" }, ...more } } });
const shop = (more: object) => ({ ...hub, applications: { shop: { namespace: "shop", ...more } } });
const inGit = { repository: "https://git.example.com/shop.git" };
const inRegistry = { chart: "oci://ghcr.io/example/charts/shop", version: "1.4.2" };
const kinds = [{ apiGroup: "apps", resources: ["deployments"] }];

describe("settings that contradict each other", () => {
    const cases: [name: string, given: Record<string, unknown>, line: string][] = [
        [
            "a chart at a path with a version",
            { ...hub, chart: { path: "./charts/argo-cd", version: "10.1.1" } },
            "hubspoke:chart.version: a chart at a path has its own version. Remove it",
        ],
        [
            "kinds without the scope that they need",
            spoke({ permissions: { scope: "namespaces", kinds } }),
            "hubspoke:clusters.staging.permissions.kinds: needs scope: cluster; with scope: namespaces the chart decides the kinds. Remove it",
        ],
        [
            "a registry with a key in place of a token",
            { ...hub, repositories: { charts: { url: "oci://ghcr.io/example", githubApp: { id: 1, installation: 2, key: "x" } } } },
            "hubspoke:repositories.charts: is a registry or a Helm repository, which takes username and token. Set these",
        ],
        [
            "an application in Git with a version of a chart",
            shop({ ...inGit, version: "1.4.2" }),
            "hubspoke:applications.shop.version: is for chart, which is not set. Remove it",
        ],
        [
            "an application of a registry with a path in Git",
            shop({ ...inRegistry, path: "helm" }),
            "hubspoke:applications.shop.path: is for repository, which is not set. Remove it",
        ],
        [
            "an application in Git with values of another repository",
            shop({ ...inGit, values: { repository: "https://git.example.com/values.git", path: "shop" } }),
            "hubspoke:applications.shop.values: is for a chart that is not in Git. Put the values files beside the chart",
        ],
        [
            "facts for values that are in the settings",
            shop({ ...inGit, facts: true, valuesObject: { all: { a: 1 } } }),
            "hubspoke:applications.shop.facts: is true (the default for agent), and valuesObject is set: Argo CD would give the " +
                "chart the cluster's facts alone. Write `facts: false`, or remove valuesObject",
        ],
        [
            "an agent with values in the settings, which gets facts by default",
            { ...hub, agent: undefined, applications: { agent: { ...inGit, namespace: "agent", valuesObject: { all: { a: 1 } } } } },
            "hubspoke:applications.agent.facts: is true (the default for agent)",
        ],
        [
            "an agent with values files in another repository, for which a cluster has no pin",
            {
                ...{ ...hub, agent: undefined },
                applications: { agent: { ...inRegistry, namespace: "agent", values: { ...inGit, path: "agent" } } },
            },
            "hubspoke:applications.agent.values: is not for agent, of which a cluster pins one revision",
        ],
        [
            "a hub that gets an agent which there is not",
            { ...shop(inGit), agent: undefined, labels: { deploy: "true", region: "eu" } },
            'hubspoke:labels.deploy: is "true", and only the application agent is delivered to the hub. Remove it',
        ],
        [
            "the operator for secrets at a path with a version",
            { ...spoke({}), secrets: { store: { type: "aws" }, operator: { path: "./charts/es", version: "0.18.2" } } },
            "hubspoke:secrets.operator.version: a chart at a path has its own version. Remove it",
        ],
        [
            "a cluster by the name that Argo CD gives the hub",
            spoke({ name: "IN_CLUSTER" }),
            "hubspoke:clusters.staging.name: is the name of the hub itself. Choose another name",
        ],
        [
            "a cluster's name that leaves no characters for its Application",
            spoke({ name: "a".repeat(248) }),
            "hubspoke:clusters.staging.name: must be at most 247 characters",
        ],
        ...["http://ada@git.example.com/agent.git", "https://ada:secret@git.example.com/agent.git"].map(
            (repository): [string, Record<string, unknown>, string] => [
                `a credential in a URL of ${repository.split(":")[0]}`,
                { ...hub, agent: { ...agentSource, repository } },
                "hubspoke:agent.repository: contains a credential, and a stack file is in Git. Remove the credential",
            ],
        ),
    ];
    for (const [name, given, line] of cases) {
        it(`are refused with the setting and the remedy: ${name}`, () => {
            expect(refusal(given)).to.include(line);
        });
    }
});
