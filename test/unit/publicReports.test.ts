import { expect } from "chai";
import { stringify } from "yaml";
import { type ClusterAddress, findCluster } from "../../clusters/kubeconfig";
import { sameServer } from "../../clusters/registrations";
import { connectionOptions } from "../../clusters/request";
import { runbookFolder } from "../../components/watch/runbooks";
import { foreignInCluster } from "../../preflight/argoCd";
import { refuseUnusableServer } from "../../preflight/connection";
import { parseSettings } from "../../settings";
import type { EnvironmentSettings } from "../../settings/environment";
import { inside, plainInYaml, type Scalar, setByPath } from "../support/pulumiValues";
import { failure } from "./support/failure";
import { hubSettings } from "./support/hub";
import { registration } from "./support/registration";

/**
 * Inputs of public bug reports: of tools for the same job, and of those that this program uses. Each has the report as
 * its source, `repository#number` at GitHub.
 */

const pem = "-----BEGIN CERTIFICATE-----\nQUJDREVG\n-----END CERTIFICATE-----\n";
const base64 = (text: string) => Buffer.from(text).toString("base64");

/** Text that must be in no message. */
const content = /LS0t|QUJD|BEGIN|<|&#43;|CONTENT/;

interface Kubeconfig {
    readonly cluster?: object;
    readonly user?: object;
    readonly context?: object;
    /** More clusters, which the context does not name. */
    readonly others?: readonly object[];
    readonly change?: (text: string) => string;
}

function read({ cluster, user, context, others = [], change = (text) => text }: Kubeconfig): Promise<ClusterAddress> {
    const text = stringify({
        apiVersion: "v1",
        kind: "Config",
        "current-context": "a",
        clusters: [{ name: "a", cluster: { server: "https://a.example.com:6443", ...cluster } }, ...others],
        users: [{ name: "a", user: user ?? { token: "CONTENT" } }],
        contexts: [{ name: "a", context: { cluster: "a", user: "a", ...context } }],
    });
    return findCluster("clusters.a", { kubeconfig: change(text) });
}

describe("a kubeconfig of a public bug report", () => {
    const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "op", args: ["read", "x"], env: null };
    const good: [source: string, what: string, given: Kubeconfig][] = [
        ["ameerthehacker/kubelive#7", "another cluster without a server", { others: [{ name: "b", cluster: {} }] }],
        [
            "psFried/roperator#7",
            "another cluster whose CA is a file that is not here",
            { others: [{ name: "b", cluster: { server: "https://b", "certificate-authority": "/none/ca.crt" } }] },
        ],
        [
            "kubernetes/kubernetes#53661",
            "a CA in several lines of base64",
            { cluster: { "certificate-authority-data": `${base64(pem).replace(/.{20}/g, "$&\n")}\n` } },
        ],
        ["ahmetb/kubectx#284", "a SOCKS proxy", { cluster: { "proxy-url": "socks5://localhost:1234" } }],
        [
            "kyverno/chainsaw#2263",
            "a context with extensions, and a plugin of v1",
            {
                context: { extensions: [{ name: "xyz.io/rocket", extension: { kind: "Ext", spec: { cloud: { space: "x" } } } }] },
                user: { exec: { ...exec, interactiveMode: "IfAvailable", provideClusterInfo: false } },
            },
        ],
    ];
    for (const [source, what, given] of good) {
        it(`is read with ${what} (${source})`, async () => {
            expect((await read(given)).server).to.equal("https://a.example.com:6443");
        });
    }

    const ca = (data: string) => ({ cluster: { "certificate-authority-data": data } });
    const bad: [source: string, what: string, given: Kubeconfig, problem: RegExp][] = [
        ["fabric8io/kubernetes-client#1049", "a CA that is not in base64", ca(pem), /certificate-authority-data must be base64/],
        ["fabric8io/kubernetes-client#2945", "a CA without its last =", ca("QQ="), /certificate-authority-data must be base64/],
        ["rancher/rancher#26305", "a CA that a template escaped", ca("O&#43;/vSLvv73vv73vv70ma&#43;\\\n&#43;"), /must be base64/],
        ["kubernetes/kubernetes#69278", "a manual's placeholder as CA", ca("<base64-encoded-ca-cert>"), /must be base64/],
        ["kubernetes/kubernetes#69278", "a manual's placeholder as server", { cluster: { server: "<endpoint-url>" } }, /not a valid URL/],
        [
            "fabric8io/kubernetes-client#1525",
            "base64 that goes on at the margin",
            {
                ...ca("QUJD"),
                change: (text) => text.replace(/(certificate-authority-data: QUJD)/, "$1\nRVRNQkVHQTFVRQpBeE1LYTNWaVpYSnVa"),
            },
            /line \d+ cannot be read as YAML/,
        ],
        // client-go speaks plain HTTP to it, without credentials: no cluster can be registered so.
        [
            "kubernetes-client/java#88",
            "a server without https://",
            { cluster: { server: "192.168.1.135:8001" } },
            /Write https:\/\/HOST:PORT/,
        ],
        ["kubernetes/website#34419", "a proxy of socks5h", { cluster: { "proxy-url": "socks5h://localhost:1080" } }, /proxy-url/],
        ["particledecay/kconf#55", "a plugin that lost interactiveMode", { user: { exec } }, /Write `interactiveMode: IfAvailable`/],
    ];
    for (const [source, what, given, problem] of bad) {
        it(`is refused with ${what} (${source})`, async () => {
            const error = await failure(read(given));
            expect(error).to.match(/^hubspoke:clusters\.a/).and.match(problem).and.not.match(content);
        });
    }

    it("is refused with a CA that is twice in base64 (kubernetes/kubectl#1023)", async () => {
        const use = async () => {
            const address = await read(ca(base64(base64(pem))));
            await connectionOptions(address, new URL(address.server));
        };
        expect(await failure(use())).to.match(/^hubspoke:clusters\.a: .*certificate authority/i).and.not.match(content);
    });
});

describe("a value of a public bug report", () => {
    const agent = (revision: Scalar) => ({
        agent: { repository: "https://git.example.com/agent.git", revision: inside(revision) },
    });
    const refused = (given: object, problem: RegExp) => expect(() => hubSettings(given)).to.throw(problem);

    it("is a commit of digits that `config set --path` keeps or refuses, and never changes (pulumi/pulumi#4295)", () => {
        const [ours] = hubSettings(agent(setByPath("012345"))).applications;
        expect(ours?.source).to.have.property("revision", "012345");
        refused(agent(setByPath("1234567")), /agent\.revision: is a number.*--type string/);
        refused(agent(plainInYaml("12345e7")), /agent\.revision: is a number/);
    });

    it("is an account that `config set --path` would write as 1.2321123131e+10 (pulumi/pulumi#6787)", () => {
        refused({ labels: { account: inside(setByPath("12321123131")) } }, /labels\.account: is a number.*in quotes/);
    });

    it("is a zip code that YAML takes for a number (cloudposse/atmos#410)", () => {
        refused({ labels: { zip: inside(plainInYaml("08989")) } }, /labels\.zip: is a number/);
    });

    it("is a Git repository of another user than git (argoproj/argo-cd#1555, #2988)", () => {
        for (const repository of ["ssh://john@john-server.org:29418/project", "org-1234567@github.com:example/agent.git"]) {
            const knownHosts = "[john-server.org]:29418 ssh-ed25519 AAAA";
            const [{ source } = { source: {} }] = hubSettings({ agent: { repository }, knownHosts }).applications;
            expect(source).to.have.property("repository", repository);
        }
        const { applications: ours } = hubSettings({ agent: { repository: "org-1234567@github.com:example/agent.git" } });
        expect(runbookFolder({ runbooks: undefined }, ours)).to.equal("https://github.com/example/agent/blob/main/docs/runbooks");
        refused({ agent: { repository: "john:secret@github.com:example/agent.git" } }, /agent\.repository: is not a valid Git URL/);
    });

    it("is an annotation that is true without quotes (cert-manager/cert-manager#7557)", () => {
        const identity = { "eks.amazonaws.com/sts-regional-endpoints": true };
        const traffic = { active: "prod", externalDns: { mode: "install", provider: "aws", identity } };
        refused({ traffic }, /amazonaws\.com\/sts-regional-endpoints: is true or false and not text.*in quotes/);
    });
});

describe("pods of a public bug report", () => {
    const refused = (pods: object, problem: RegExp) => expect(() => hubSettings({ pods })).to.throw(problem);
    const tolerating = (...tolerations: object[]) => ({ tolerations });

    it("tolerate any value, and name one (rh-ecosystem-edge/kernel-module-management#1381)", () => {
        const toleration = { key: "dedicated", operator: "Exists", value: "argocd" };
        refused(tolerating(toleration), /pods\.tolerations\.0\.value: has no meaning with operator Exists.*Remove/);
    });

    it("tolerate a taint without a key, but not every one (rancher/rancher#45838)", () => {
        refused(tolerating({ effect: "NoSchedule" }), /pods\.tolerations\.0\.operator: must be Exists without a key/);
        expect(hubSettings({ pods: tolerating({ operator: "Exists" }) }).pods.tolerations).to.have.length(1);
    });

    it("select nodes by text that no label can be (longhorn/longhorn#7407 and #11948)", () => {
        refused({ nodeSelector: { "map[tier": "web]" } }, /pods\.nodeSelector\.map\[tier: is not a key/);
        refused({ nodeSelector: { tier: "web]" } }, /pods\.nodeSelector\.tier: is not a value/);
        refused({ nodeSelector: { "storage=longhorn": "" } }, /pods\.nodeSelector\.storage=longhorn: is not a key/);
        refused(tolerating({ key: "storage=longhorn", operator: "Exists" }), /tolerations\.0\.key: is not a key/);
        const nodeSelector = { "node.deckhouse.io/group": "storage", "node-role.kubernetes.io/infra": "" };
        expect(hubSettings({ pods: { nodeSelector } }).pods.nodeSelector).to.deep.equal(nodeSelector);
    });
});

describe("a server of a public bug report", () => {
    const check = (server: string, more: object = {}, lab = false) => () => {
        const prod = { context: "prod", server, labels: { region: "eu" }, ...more };
        const given = { role: "environment", environment: "prod", hub: { context: "hub" }, clusters: { prod } };
        const settings = (parseSettings(given) as EnvironmentSettings).clusters.prod!;
        const user = { setting: "clusters.prod", server, tls: {}, user: { token: "none" } };
        refuseUnusableServer({ settings, server, user }, lab);
    };

    it("is an IPv6 address, in each spelling (argoproj/argo-cd#8204)", () => {
        expect(check("https://[240b:c0e0:101::7]:6443")).not.to.throw();
        expect(sameServer("https://[240B:C0E0:0101:0::7]:6443", "https://[240b:c0e0:101::7]:6443/")).to.equal(true);
    });

    for (const server of [
        "https://kubernetes.default.svc.cluster.local:6444", // argo-cd#20534: a tunnel to the spoke, on the user's machine
        "https://kubernetes.default.svc.cluster.local", // argo-cd#300
        "https://kubernetes.default.svc",
        "https://Kubernetes.default.svc.",
        "https://kubernetes.default",
        "https://kubernetes",
        "https://kubernetes.default.svc.prod.internal",
    ]) {
        it(`is the hub itself for Argo CD, and refused: ${server} (argoproj/argo-cd#20534)`, () => {
            const problem = /clusters\.prod\.server: .* is the hub itself for Argo CD, .* Write `server`/;
            expect(check(server)).to.throw(problem);
            expect(check(server, {}, true)).to.throw(problem);
            // A proxy in the spoke's network resolves the name there.
            expect(check(server, { proxyUrl: "http://proxy.prod.example.com:3128" })).not.to.throw();
        });
    }

    it("only resembles the hub's own name", () => {
        for (const host of ["kubernetes.example.com", "kubernetes.default.example.com", "a.kubernetes"]) {
            expect(check(`https://${host}`)).not.to.throw();
        }
    });

    it("is Google's Connect gateway, which accepts Google's tokens alone (argoproj/argo-cd#5958)", () => {
        const path = "v1/projects/123456789012/locations/global/gkeMemberships/prod";
        for (const host of ["connectgateway.googleapis.com", "europe-west1-connectgateway.googleapis.com"]) {
            const server = `https://${host}/${path}`;
            expect(check(server)).to.throw(/prod\.server: .* is Google's Connect gateway.*`credentials` of type gcp/);
            const credentials = { type: "gcp", subject: { kind: "User", name: "argocd" } };
            expect(check(server, { credentials })).not.to.throw();
        }
    });

    it("is the hub's own in another spelling, and is not registered again (argoproj/argo-cd#300)", () => {
        for (const end of ["/", ":443", ".cluster.local"]) {
            const bridge = registration({ secret: "bridge", cluster: "hub", server: `https://kubernetes.default.svc${end}` });
            expect(foreignInCluster([bridge])?.secret, end).to.equal("bridge");
        }
    });
});

describe("external-dns of a public bug report", () => {
    const parse = (traffic: object, ...args: string[]) => () =>
        hubSettings({ traffic: { active: "prod", externalDns: { mode: "install", provider: "aws", args }, ...traffic } });

    it("ignores the zones where a regular expression filters, which is refused (kubernetes-sigs/external-dns#5591)", () => {
        const problem = /externalDns\.args\.0: --regex-domain-(filter|exclusion) .* Write `zones`/;
        expect(parse({}, "--regex-domain-filter=^[\\w-]+(\\.[\\w-]+)*\\.ourdomain\\.(net|dev)$")).to.throw(problem);
        expect(parse({}, "--regex-domain-exclusion=^agent\\.")).to.throw(problem); // external-dns#2255
    });

    it("drops a CNAME where it filters the targets by network, which is refused (kubernetes-sigs/external-dns#6366)", () => {
        expect(parse({}, "--target-net-filter=10.0.0.0/8")).to.throw(/args\.0: --target-net-filter stops the failover/);
    });

    it("replaces every target where it is told to, which is refused (kubernetes-sigs/external-dns#6134)", () => {
        expect(parse({}, "--default-targets=203.0.113.10", "--force-default-targets")).to.throw(
            /args\.1: --force-default-targets stops the failover/,
        );
        expect(parse({}, "--default-targets=203.0.113.10")).not.to.throw();
    });

    it("excludes a domain in which a zone is, and so the zone (kubernetes-sigs/external-dns#3064)", () => {
        const name = "agent.short.staging.example.com";
        expect(parse({ name }, "--domain-filter=short.staging.example.com", "--exclude-domains=staging.example.com")).to.throw(
            /externalDns\.args: excludes staging\.example\.com/,
        );
    });

    it("may leave out what has an annotation: the users' name has none (kubernetes-sigs/external-dns#5591)", () => {
        const key = "external-dns.alpha.kubernetes.io/exclude";
        for (const filter of [`${key} notin (true)`, `${key}!=true`, `!${key}`, `${key} != true`]) {
            expect(parse({}, `--annotation-filter=${filter}`), filter).not.to.throw();
        }
        for (const filter of [`${key} in (false)`, `${key}=false`, key, `!a,${key}=b`, `!a,${key}`]) {
            expect(parse({}, `--annotation-filter=${filter}`), filter).to.throw(/--annotation-filter stops the failover/);
        }
    });
});
