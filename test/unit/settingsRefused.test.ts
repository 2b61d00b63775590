import { agentSource } from "./support/applications";
import { type Case, environment, hub, refuse, spoke } from "./support/refusals";

const staging = (more: object) => environment({ staging: spoke(more) });
const shop = (more: object) => hub({ applications: { shop: { namespace: "shop", ...more } } });
const inGit = { repository: "https://git.example.com/shop.git" };
const inRegistry = { chart: "oci://ghcr.io/example/charts/shop", version: "1.4.2" };
const key = "-----BEGIN OPENSSH PRIVATE KEY-----\nx\n-----END OPENSSH PRIVATE KEY-----";
const factsAlone =
    "applications.NAME.facts: is true (the default for agent), and valuesObject is set: Argo CD would give the chart the " +
    "cluster's facts alone. Write `facts: false`, or remove valuesObject";
const kinds = [{ apiGroup: "apps", resources: ["deployments"] }];

describe("settings that contradict each other", () => {
    refuse([
        [
            "a chart at a path with a version",
            { ...hub(), chart: { path: "./charts/argo-cd", version: "10.1.1" } },
            "chart.version: a chart at a path has its own version. Remove it",
        ],
        [
            "kinds without the scope that they need",
            staging({ permissions: { scope: "namespaces", kinds } }),
            "clusters.staging.permissions.kinds: needs scope: cluster; with scope: namespaces the chart decides the kinds. Remove it",
        ],
        [
            "a registry with a key in place of a token",
            { ...hub(), repositories: { charts: { url: "oci://ghcr.io/example", githubApp: { id: 1, installation: 2, key } } } },
            "repositories.charts: is a registry or a Helm repository, which takes username and token. Set these",
        ],
        [
            "an application in Git with a version of a chart",
            shop({ ...inGit, version: "1.4.2" }),
            "applications.shop.version: is for chart, which is not set. Remove it",
        ],
        [
            "an application of a registry with a path in Git",
            shop({ ...inRegistry, path: "helm" }),
            "applications.shop.path: is for repository, which is not set. Remove it",
        ],
        [
            "an application in Git with values of another repository",
            shop({ ...inGit, values: { repository: "https://git.example.com/values.git", path: "shop" } }),
            "applications.shop.values: is for a chart that is not in Git. Put the values files beside the chart",
        ],
        [
            "facts for values that are in the settings",
            shop({ ...inGit, facts: true, valuesObject: { all: { a: 1 } } }),
            factsAlone.replace("NAME", "shop"),
        ],
        [
            "an agent with values in the settings, which gets facts by default",
            { ...hub(), agent: undefined, applications: { agent: { ...inGit, namespace: "agent", valuesObject: { all: { a: 1 } } } } },
            factsAlone.replace("NAME", "agent"),
        ],
        [
            "an agent with values files in another repository, for which a cluster has no pin",
            {
                ...{ ...hub(), agent: undefined },
                applications: { agent: { ...inRegistry, namespace: "agent", values: { ...inGit, path: "agent" } } },
            },
            "applications.agent.values: is not for agent, of which a cluster pins one revision: values files in another " +
                "repository have their own. Write the values into valuesObject with `facts: false`, or choose another name for " +
                "the application",
        ],
        [
            "a hub that gets an agent which there is not",
            { ...shop(inGit), agent: undefined, labels: { deploy: "true", region: "eu" } },
            'labels.deploy: is "true", and only the application agent is delivered to the hub. Remove it',
        ],
        [
            "the operator for secrets at a path with a version",
            { ...staging({}), secrets: { store: { type: "vault", server: "https://vault.example.com" }, operator: { path: "./charts/es", version: "0.18.2" } } },
            "secrets.operator.version: a chart at a path has its own version. Remove it",
        ],
        [
            "a cluster by the name that Argo CD gives the hub",
            staging({ name: "IN_CLUSTER" }),
            "clusters.staging.name: is the name of the hub itself. Choose another name",
        ],
        [
            "a cluster's name that leaves no characters for its Application",
            staging({ name: "a".repeat(248) }),
            "clusters.staging.name: must be at most 247 characters",
        ],
        ...["http://ada@git.example.com/agent.git", "https://ada:secret@git.example.com/agent.git"].map(
            (repository): Case => [
                `a credential in a URL of ${repository.split(":")[0]}`,
                { ...hub(), agent: { ...agentSource, repository } },
                "agent.repository: contains a credential, and a stack file is in Git. Remove the credential",
            ],
        ),
    ]);
});
