import { expect } from "chai";
import { inspect } from "node:util";
import { parseSettings } from "../../settings";
import { type Case, hub, refuse } from "./support/refusals";

describe("the settings as a whole", () => {
    const first = (given: Record<string, unknown>) => {
        try {
            parseSettings(given);
            return "";
        } catch (error) {
            return `${inspect(error).split("\n")[0]}`;
        }
    };

    it("say how many of them are wrong, without a stack trace", () => {
        const line = (what: string) => `The stack's configuration has ${what}; nothing was changed.`;
        expect(first(hub({ domain: undefined }))).to.equal(line("1 invalid property"));
        expect(first(hub({ domain: undefined, agent: 1 }))).to.equal(line("2 invalid properties"));
    });
});

describe("the settings of one value", () => {
    const noRegion = 'labels.region: is missing, and with deploy: "true" the agent needs it. Write for example "eu-west-1"';
    const webhook = { url: "https://hooks.example.com/a" };
    const notifying = (name: string) => hub({ alerts: { notifications: { webhooks: { [name]: webhook } } } });
    const pods = (more: object) => hub({ pods: more });
    const repository = (more: object) => hub({ repositories: { charts: more } });
    const token = { username: "ada", token: "t" };
    const key = "-----BEGIN OPENSSH PRIVATE KEY-----\nx\n-----END OPENSSH PRIVATE KEY-----";
    const twice = "is the name of another service. Choose another name";
    const noChart = "repositories.charts: is a registry or a Helm repository, which takes username and token. Set these";
    const wrongKind =
        "repositories.charts: needs an SSH key for ssh://… or git@host:path, and a token or GitHub App for https://…. Change one";
    refuse([
        ["a webhook that has the name of Slack", notifying("slack"), `alerts.notifications.webhooks.slack: ${twice}`],
        ["a webhook that has the name of e-mail", notifying("email"), `alerts.notifications.webhooks.email: ${twice}`],
        ["a hub with the agent and without a region", hub({ labels: { deploy: "true" } }), noRegion],
        [
            "a toleration of a value that is not compared",
            pods({ tolerations: [{ key: "a", operator: "Exists", value: "b" }] }),
            "pods.tolerations.0.value: has no meaning with operator Exists, which compares no value. Remove one of the two",
        ],
        [
            "a toleration of a value of nothing",
            pods({ tolerations: [{ operator: "Equal" }] }),
            "pods.tolerations.0.operator: must be Exists without a key. Write it, or a key",
        ],
        ["tolerations of each kind", pods({ tolerations: [{ operator: "Exists" }, { key: "a", operator: "Equal", value: "b" }] })],
        ...["HTTP_PROXY", "https_proxy", "no_proxy"].map((name): Case => [
            `the variable ${name}`,
            pods({ env: { [name]: "x" } }),
            `pods.env.${name}: belongs to pods.proxy. Set that`,
        ]),
        ["variables that are like those of a proxy", pods({ env: { MY_HTTP_PROXY: "x", NO_PROXY_LIST: "y" } })],
        ["a Helm repository with a login", repository({ url: "https://charts.example.com", type: "helm", ...token })],
        [
            "a Helm repository with a GitHub App",
            repository({ url: "https://charts.example.com", type: "helm", githubApp: { id: 1, installation: 2, key } }),
            noChart,
        ],
        ["a Git repository by http with a token", repository({ url: "http://git.example.com/a", ...token })],
        ["a Git repository by SSH with a token", repository({ url: "git@github.com:https:/a", ...token }), wrongKind],
        ["a Git repository by https with an SSH key", repository({ url: "https://git.example.com/a", sshKey: key }), wrongKind],
    ]);
});
