import { expect } from "chai";
import { inspect } from "node:util";
import { parseSettings } from "../../settings";
import { flagProblem } from "../../settings/externalDnsLimits";
import { agentSource } from "./support/applications";

/** The lines with which settings are refused; none if they are accepted. */
function refusals(given: Record<string, unknown>): string[] {
    try {
        parseSettings(given);
        return [];
    } catch (error) {
        return (error as Error).message.split("\n").slice(1).map((line) => line.trim().replace(/^hubspoke:/, ""));
    }
}

const hub = (more: object) => ({ role: "hub", cluster: { context: "hub" }, domain: "example.com", agent: agentSource, ...more });
const spoke = (more: object = {}) => ({ context: "a", labels: { region: "eu" }, ...more });
const environment = (clusters: object, more: object = {}) => ({
    ...{ role: "environment", environment: "prod", hub: { context: "hub" } },
    ...{ clusters, ...more },
});
type Case = readonly [name: string, given: Record<string, unknown>, ...lines: string[]];

function refuse(cases: readonly Case[]) {
    for (const [name, given, ...lines] of cases) {
        it(`${lines.length === 0 ? "accept" : "refuse"} ${name}`, () => expect(refusals(given)).to.deep.equal(lines));
    }
}

describe("the settings of an environment's clusters", () => {
    const unchecked = 'is true, and with connectionTimeout "0s" nothing would check the connection. Change one of the two';
    const unverified =
        "sends Argo CD's token to any server that answers, and this environment is production. Remove it, and set tls.ca";
    const skip = { tls: { insecureSkipTlsVerify: true } };
    const vault = (more: object) => ({ secrets: { store: { type: "vault", server: "https://vault.example.com", ...more } } });
    const aws = (subject: object) => spoke({ credentials: { type: "aws", clusterName: "a", subject } });
    const argocd = { kind: "User", name: "argocd" };
    const operator = (more: object) => ({ secrets: { store: { type: "vault", server: "https://vault.example.com" }, operator: more } });
    const pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    refuse([
        [
            "a connection that nothing would check",
            environment({ a: spoke({ hubOnly: true }), b: spoke() }, { connectionTimeout: "0s" }),
            `clusters.a.hubOnly: ${unchecked}`,
        ],
        ["one that Argo CD checks", environment({ a: spoke({ hubOnly: true }) }, { connectionTimeout: "1s" })],
        ["no check where this machine does it", environment({ a: spoke() }, { connectionTimeout: "0s" })],
        [
            "no verification in production",
            environment({ a: spoke(skip), b: spoke() }),
            `clusters.a.tls.insecureSkipTlsVerify: ${unverified}`,
        ],
        ["no verification in a trial", environment({ a: spoke(skip) }, { production: false })],
        [
            "one auth mount for several clusters",
            environment({ a: spoke(), b: spoke() }, vault({ authMount: "kubernetes" })),
            "secrets.store.authMount: is for one cluster, and this environment has several. Remove it: the default is " +
                "kubernetes-<cluster>",
        ],
        ["an auth mount for one cluster", environment({ a: spoke() }, vault({ authMount: "kubernetes" }))],
        ["several clusters with the default mounts", environment({ a: spoke(), b: spoke() }, vault({}))],
        [
            "two names that Argo CD would write alike",
            environment({ a: spoke(), b: spoke(), c: spoke({ name: "a" }) }),
            "clusters.c.name: the Applications of a and c would both be agent-a. Choose another name",
        ],
        [
            "one Secret for two clusters, at the one that names it",
            environment({ a: spoke({ clusterSecret: "cluster-b" }), b: spoke(), c: spoke({ clusterSecret: "cluster-b" }) }),
            "clusters.a.clusterSecret: a and b would both be the cluster Secret cluster-b. Remove it, or name another Secret",
            "clusters.c.clusterSecret: a and c would both be the cluster Secret cluster-b. Remove it, or name another Secret",
        ],
        [
            "previews with Argo CD's own identity",
            environment({ a: spoke(), b: aws(argocd) }, { previewers: argocd }),
            "previewers.name: is the identity of Argo CD too (clusters.b.credentials.subject), which may write. Choose another",
        ],
        ["a group of that name for previews", environment({ b: aws(argocd) }, { previewers: { ...argocd, kind: "Group" } })],
        ["another user for previews", environment({ b: aws(argocd) }, { previewers: { ...argocd, name: "previews" } })],
        [
            "two authorities of a store",
            environment({ a: spoke() }, vault({ ca: pem, caProvider: { type: "Secret", name: "vault-ca" } })),
            "secrets.store.caProvider: excludes ca, and both are set. Remove one of the two",
        ],
        ["one authority of a store", environment({ a: spoke() }, vault({ ca: pem }))],
        [
            "a chart of an operator that stands",
            environment({ a: spoke() }, operator({ source: "existing", version: "0.18.2" })),
            "secrets.operator: is already on the spokes, so its chart has no effect. Remove path and version",
        ],
        ["an operator that stands", environment({ a: spoke() }, operator({ source: "existing" }))],
        [
            "a version of a chart at a path",
            environment({ a: spoke() }, operator({ path: "./charts/eso", version: "0.18.2" })),
            "secrets.operator.version: a chart at a path has its own version. Remove it",
        ],
        ["a chart at a path", environment({ a: spoke() }, operator({ path: "./charts/eso" }))],
        ...[{ ca: pem }, { serverName: "api.example.com" }].map((more): Case => [
            `no verification with ${Object.keys(more).join()}`,
            environment({ a: spoke({ tls: { insecureSkipTlsVerify: true, ...more } }) }, { production: false }),
            "clusters.a.tls.insecureSkipTlsVerify: turns off verification, so ca and serverName have no effect. Remove it, or remove them",
        ]),
        ["a CA and a name, with verification", environment({ a: spoke({ tls: { ca: pem, serverName: "api.example.com" } }) })],
        [
            "more tokens than the current and the previous one",
            environment({ a: spoke({ credentials: { type: "token", generation: 7, retired: 3 } }) }),
            "clusters.a.credentials.retired: asks for 4 tokens, and the limit is two: the current and the previous one. " +
                "Write 5, or 6 for no overlap",
        ],
        [
            "a prefix that makes Argo CD an account of the spoke",
            environment({ a: spoke({ credentials: { type: "federated", usernamePrefix: "system:hub" } }) }),
            'clusters.a.credentials.usernamePrefix: begins with "system:", so that Argo CD could have the name of an account of ' +
                'the spoke. Write for example "hub:"',
        ],
        ["a prefix with that word elsewhere", environment({ a: spoke({ credentials: { type: "federated", usernamePrefix: "hub:system:" } }) })],
        [
            "a proxy with a login",
            environment({ a: spoke({ proxyUrl: "http://ada:secret@proxy.example.com:3128" }) }),
            "clusters.a.proxyUrl: contains a credential, and a stack file is in Git. Remove the credential",
        ],
        ["the shortest life of a token", environment({ a: spoke({ credentials: { type: "token", lifetime: "600s" } }) })],
        [
            "a shorter life of a token",
            environment({ a: spoke({ credentials: { type: "token", lifetime: "599s" } }) }),
            "clusters.a.credentials.lifetime: is shorter than Kubernetes allows. Write at least 10m",
        ],
    ]);
});

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

describe("the settings of the users' name", () => {
    const traffic = (more: object) => hub({ traffic: { active: "prod", ...more } });
    const dns = (more: object) => ({ externalDns: { mode: "install", provider: "aws", ...more } });
    const loop = (name: string, cluster: string) =>
        `is ${name}, which would be an alias of itself: it is the users' name and that of ${cluster}. Change one`;
    const top = (name: string) =>
        `traffic.name: is ${name}, the top of a zone, which cannot be an alias (CNAME). Write a name in it, as agent.${name}`;
    const elsewhere =
        "traffic.externalDns.zones: the users' name agent.example.com is in none of the zones that external-dns may change, " +
        "example.net: it would not publish it. Change traffic.name, or add its zone to traffic.externalDns.zones";
    const twin = (other: string) => `is the name of ${other} too: a move between them would move nobody. Change one`;
    refuse([
        [
            "a cluster's name for all",
            traffic({ name: "agent.prod.example.com" }),
            `traffic.name: ${loop("agent.prod.example.com", "prod")}`,
        ],
        [
            "a standby with the users' name",
            traffic({ names: { dr: "agent.example.com" } }),
            `traffic.names.dr: ${loop("agent.example.com", "dr")}`,
        ],
        ["a name of two clusters", traffic({ names: { dr: "agent.prod.example.com" } }), `traffic.names.dr: ${twin("prod")}`],
        ["one name given twice", traffic({ names: { a: "x.example.com", b: "x.example.com" } }), `traffic.names.b: ${twin("a")}`],
        [
            "the top of a zone",
            traffic({ name: "example.com" }),
            top("example.com"),
        ],
        [
            "a name in no zone",
            traffic({ ...dns({ zones: ["example.com", "example.org"] }), name: "agent.example.net" }),
            "traffic.name: the users' name agent.example.net is in none of the zones that external-dns may change, example.com, " +
                "example.org: it would not publish it. Change traffic.name, or add its zone to traffic.externalDns.zones",
        ],
        [
            "zones elsewhere",
            traffic(dns({ zones: ["example.net"] })),
            elsewhere,
        ],
        [
            "an excluded domain",
            traffic(dns({ args: ["--exclude-domains=example.com."] })),
            "traffic.externalDns.args: excludes example.com, in which the users' name agent.example.com is: external-dns would " +
                "not publish it. Remove it",
        ],
        ["an excluded domain beside it", traffic(dns({ args: ["--exclude-domains=ple.com"] }))],
        ["a filter that begins with a dot", traffic(dns({ zones: ["example.net"], args: ["--domain-filter=.example.com"] }))],
        ["another flag than a filter", traffic(dns({ zones: ["example.net"], args: ["--log-level=.example.com"] })), elsewhere],
        [
            "a zone's top in a zone that external-dns may change",
            traffic({ ...dns({ zones: ["users.example.com", "example.com"] }), name: "users.example.com" }),
            top("users.example.com"),
        ],
        ["that name where another external-dns has the zones", traffic({ name: "users.example.com" })],
        ["the top of a zone of Cloudflare, which answers for it itself", traffic({ ...dns({ provider: "cloudflare" }), name: "example.com" })],
        ["names that are exchanged", traffic({ names: { a: "y.example.com", b: "x.example.com" } })],
        [
            "a TTL below Cloudflare's",
            traffic({ ...dns({ provider: "cloudflare" }), ttl: 59 }),
            "traffic.ttl: is 59, and the DNS provider accepts 60 at least. Write 60, or remove it, or set externalDns.plan if the " +
                "zone has Cloudflare's plan Enterprise",
        ],
        ...["--cloudflare-proxied", "--cloudflare-proxied=true"].map((flag): Case => [
            `any TTL where Cloudflare decides about it: ${flag}`,
            traffic({ ...dns({ provider: "cloudflare", args: [flag] }), ttl: 1 }),
        ]),
        [
            "a TTL below Cloudflare's with other flags of it",
            traffic({ ...dns({ provider: "cloudflare", args: ["--cloudflare-proxied=false", "--cloudflare-x"] }), ttl: 1 }),
            "traffic.ttl: is 1, and the DNS provider accepts 60 at least. Write 60, or remove it, or set externalDns.plan if the " +
                "zone has Cloudflare's plan Enterprise",
        ],
        ["Cloudflare's least TTL", traffic({ ...dns({ provider: "cloudflare" }), ttl: 60 })],
        [
            "a TTL below GoDaddy's",
            traffic({ ...dns({ provider: "godaddy" }), ttl: 599 }),
            "traffic.ttl: is 599, and the DNS provider accepts 600 at least. Write 600, or remove it",
        ],
        [
            "Cloudflare's plan with another provider",
            traffic(dns({ plan: "enterprise" })),
            "traffic.externalDns.plan: is a plan of Cloudflare, and provider is another. Remove it",
        ],
        ["Cloudflare's plan", traffic({ ...dns({ provider: "cloudflare", plan: "enterprise" }), ttl: 30 })],
        [
            "a variable that is a secret too",
            traffic(dns({ env: { A: "1", B: "2" }, secretEnv: { B: "x" } })),
            "traffic.externalDns.env.B: is in secretEnv too, and the pods would get one of the two. Remove one",
        ],
        [
            "health checks without the active cluster",
            traffic({ ...dns({}), route53: { healthChecks: { dr: "a", eu: "b" } } }),
            "traffic.route53.healthChecks: has dr, eu, and not the active cluster, prod. Add it",
        ],
        [
            "health checks of Route 53 with another provider",
            traffic({ ...dns({ provider: "google" }), route53: { healthChecks: { prod: "a", dr: "b" } } }),
            'traffic.externalDns.provider: must be "aws" with route53. Write "aws", or remove route53',
        ],
        ["health checks of Route 53", traffic({ ...dns({}), route53: { healthChecks: { prod: "a", dr: "b" } } })],
        ["health checks, and an external-dns that stands", traffic({ route53: { healthChecks: { prod: "a", dr: "b" } } })],
    ]);
});

describe("a flag of external-dns", () => {
    const own = ["provider", "policy", "registry", "txt-owner-id", "label-filter", "interval"];
    const stops: Readonly<Record<string, string>> = {
        "--dry-run": "external-dns would publish nothing",
        "--once": "external-dns would end after its first run",
        "--annotation-filter=a=b": "the program's DNSEndpoint has no annotation",
        "--namespace=x": "the program's DNSEndpoint may be in another namespace",
        "--managed-record-types=A": "the users' name is a CNAME",
        "--exclude-record-types=CNAME": "the users' name is a CNAME",
        "--target-net-filter=10.0.0.0/8": "the users' name is a CNAME, whose target is no address",
        "--force-default-targets": "it replaces the cluster to which the users' name leads",
    };

    it("is refused where it stops the failover, and says why", () => {
        for (const [flag, why] of Object.entries(stops)) {
            const [name] = flag.split("=");
            expect(flagProblem(flag)).to.equal(`${name} stops the failover: ${why}. Remove it`);
        }
    });

    it("is refused where the program sets it, or where it hides the zones", () => {
        for (const name of own) {
            expect(flagProblem(`--${name}=x`)).to.equal(`--${name} is a flag that the program sets. Remove it`);
        }
        for (const name of ["regex-domain-filter", "regex-domain-exclusion"]) {
            expect(flagProblem(`--${name}=x`)).to.equal(
                `--${name} can make external-dns ignore the zones, and leave out the users' name. Write \`zones\`, and remove it`,
            );
        }
    });

    it("is accepted where it changes nothing of that", () => {
        for (const flag of [
            "--dry-run=false", "--managed-record-types=CNAME", "--exclude-record-types=AAAA", "--annotation-filter=!a",
            "--annotation-filter=a!=b", "--annotation-filter=a notin (b,c)", "--log-level=debug", "log", "--aws-zone-type=public",
        ]) {
            expect(flagProblem(flag), flag).to.equal(undefined);
        }
    });
});
