import { hub, refuse } from "./support/refusals";

describe("the settings of a hub's applications", () => {
    const shop = { repository: "https://git.example.com/shop.git", namespace: "shop" };
    const web = { ...shop, namespace: "web" };
    refuse([
        [
            "an agent that is named twice",
            hub({ applications: { agent: { ...shop, namespace: "agent" } } }),
            "agent: is an application of that name too, in applications. Remove one of the two",
        ],
        [
            "no application",
            hub({ agent: undefined }),
            "applications: names no application. Add one, for example `agent: { repository: https://github.com/example/agent.git }`",
        ],
        [
            "two applications in one namespace",
            hub({ applications: { web, shop, other: { ...web } } }),
            "applications.other.namespace: is the namespace of web too. Each application has its own: choose another",
        ],
        [
            "two applications that users follow",
            hub({ applications: { shop: { ...shop, traffic: true } } }),
            "applications.shop.traffic: is true, and users follow agent already. A failover moves users for one application: " +
                "keep one",
        ],
        [
            "a users' name for none",
            hub({ agent: undefined, applications: { shop }, traffic: { active: "prod" } }),
            "traffic: moves users for no application. Write `traffic: true` for one in applications",
        ],
        [
            "an application with two sources",
            hub({ applications: { shop: { ...shop, chart: "oci://ghcr.io/example/shop", version: "1.0.0" } } }),
            "applications.shop: must have exactly one of repository (a chart in Git) and chart. Keep one",
        ],
        [
            "a chart without its version",
            hub({ applications: { shop: { namespace: "shop", chart: "oci://ghcr.io/example/shop", revision: "v1", path: "a" } } }),
            "applications.shop.path: is for repository, which is not set. Remove it",
            "applications.shop.revision: is for repository, which is not set. Remove it",
            'applications.shop.version: is missing. Write the version of the chart, for example "1.4.2"',
        ],
    ]);
});

describe("the settings by which Argo CD reads Git", () => {
    const token = { username: "bot", token: "t" };
    const other = { repository: "https://git.example.com/shop.git", namespace: "shop" };
    const values = { repository: "git@c.d:x.git", path: "web" };
    const web = { chart: "oci://ghcr.io/example/charts/web", version: "1.4.2", namespace: "web", values };
    const unread = (meant: string) =>
        `is read by no application: Argo CD takes a credential for the whole URL. Write ${meant}, or remove it`;
    const unknown = (host: string) =>
        `has the SSH host ${host}, whose key Argo CD does not know. Add it to knownHosts, as ssh-keyscan prints it`;
    const ssh = (repository: string, more: object = {}) => hub({ agent: { repository }, ...more });
    const agents = "https://git.example.com/agent.git";
    refuse([
        [
            "a webhook's secret in an adopted Argo CD",
            hub({ adoptedRelease: "argo", webhooks: { github: "s" }, otherSources: [] }),
            "webhooks.github: is a key of the Secret argocd-secret, which an adopted Argo CD keeps as it is. Remove it, and " +
                "write that key there (argo-cd, operator-manual/webhook)",
        ],
        [
            "neither polls nor webhooks",
            hub({ scale: { reconciliation: "0s" } }),
            "scale.reconciliation: turns off polling, and there is no webhook: Argo CD would see no push. Write an interval, or " +
                "set webhooks",
        ],
        ["webhooks without polls", hub({ scale: { reconciliation: "0s" }, webhooks: { github: "s" } })],
        ["polls without webhooks", hub({ scale: { reconciliation: "10m" } })],
        [
            "two credentials for one repository",
            hub({ repositories: { a: { url: agents, ...token }, b: { url: agents, ...token } } }),
            "repositories.b.url: is the URL of a too, and Argo CD would use either credential. Remove one",
        ],
        [
            "a credential that is nearly an application's",
            hub({ repositories: { a: { url: "https://git.example.com/agent/x", ...token } } }),
            `repositories.a.url: ${unread(`${agents}, which is agent's`)}`,
        ],
        [
            "a credential for the whole host of the only application",
            hub({ repositories: { a: { url: "https://git.example.com", ...token } } }),
            `repositories.a.url: ${unread(`${agents}, which is agent's`)}`,
        ],
        [
            "a credential that none of several applications reads",
            hub({ applications: { shop: other }, repositories: { a: { url: "https://git.example.com/x.git", ...token } } }),
            `repositories.a.url: ${unread("the URL of an application's repository")}`,
        ],
        ["a credential beside the only application", hub({ repositories: { a: { url: "https://git.example.com/x.git", ...token } } })],
        ["an SSH host without a key", ssh("git@git.example.com:a/b.git"), `agent.repository: ${unknown("git.example.com")}`],
        [
            "an SSH port without a key",
            ssh("ssh://git@git.example.com:2222/a/b.git", { knownHosts: "git.example.com ssh-ed25519 AAAA" }),
            `agent.repository: ${unknown("[git.example.com]:2222")}`,
        ],
        [
            "SSH hosts of other applications without a key",
            hub({ applications: { shop: { ...other, repository: "git@a.b:x.git" }, web } }),
            `applications.shop.repository: ${unknown("a.b")}`,
            `applications.web.values.repository: ${unknown("c.d")}`,
        ],
        ["a known SSH host", ssh("git@git.example.com:a/b.git", { knownHosts: "x,git.example.com ssh-ed25519 AAAA" })],
        ["a known SSH port", ssh("ssh://git@a.b:2222/x.git", { knownHosts: "[a.b]:2222 ssh-ed25519 AAAA" })],
        ["SSH's own port", ssh("ssh://git@git.example.com:22/x.git", { knownHosts: "*.example.com ssh-ed25519 AAAA" })],
        ["a host whose key the chart has", ssh("git@github.com:a/b.git")],
        [
            "a key for a host of almost that name",
            ssh("git@git.example.com:a/b.git", { knownHosts: "gitXexample.com ssh-ed25519 AAAA" }),
            `agent.repository: ${unknown("git.example.com")}`,
        ],
    ]);
});
