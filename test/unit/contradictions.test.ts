import { expect } from "chai";
import { refuseUnfitMemory } from "../../preflight/scale";
import { refuseMissingOperator } from "../../preflight/watch";
import { parseSettings } from "../../settings";
import { hubSettings } from "./support/hub";

/** Settings that are right one by one, and cannot work together. */

const refused = (parse: () => unknown, path: string, problem: RegExp) => {
    const error = (() => {
        try {
            parse();
        } catch (reason) {
            return (reason as Error).message;
        }
        return "accepted";
    })();
    expect(error).to.include(`hubspoke:${path}: `).and.match(problem).and.match(/has 1 invalid property/);
};

describe("settings of the hub that contradict each other", () => {
    const ingress = { kind: "ingress", class: "nginx" };
    const acme = { issuer: "acme", email: "ops@example.com", solver: { http01: { class: "nginx" } } };
    const key = "-----BEGIN OPENSSH PRIVATE KEY-----\nx\n-----END OPENSSH PRIVATE KEY-----";
    const ssh = { url: "ssh://git@git.example.com:2222/agent.git", sshKey: key };
    const automatic = (after: string) => ({ active: "prod", automatic: { enabled: true, after } });
    const rolling = (...environments: string[]) => ({ strategy: "rolling", steps: [{ environments }] });
    const onHub = { deploy: "true", region: "eu" };
    const install = (more: object) => ({ active: "prod", externalDns: { mode: "install", provider: "aws", ...more } });
    const https = (url: string) => ({ url, token: "t" });

    const bad: [name: string, given: object, path: string, problem: RegExp][] = [
        ["HTTP-01 without an Ingress", { certificates: acme }, "certificates.solver.http01", /Set ingress, write dns01/],
        [
            "no polling and no webhook",
            { scale: { reconciliation: "0s" } },
            "scale.reconciliation",
            /would see no push\. Write an interval, or set webhooks/,
        ],
        [
            "one repository with two credentials",
            { repositories: { a: https("https://git.example.com/x.git"), b: https("https://git.example.com/x") } },
            "repositories.b.url",
            /is the URL of a too.*Remove one/,
        ],
        ["an SSH host without a known key", { repositories: { a: ssh } }, "repositories.a.url", /\[git\.example\.com\]:2222.*knownHosts/],
        [
            "the agent at an SSH host whose known key is of another port",
            { agent: { repository: ssh.url }, knownHosts: "git.example.com ssh-ed25519 AAAA" },
            "agent.repository",
            /Add it to knownHosts/,
        ],
        [
            "an automatic move without alerts",
            { alerts: { objects: "none" }, traffic: automatic("2m") },
            "traffic.automatic.enabled",
            /no alert could start a move/,
        ],
        [
            "an automatic move before its alerts",
            { alerts: { unreachableFor: "1m" }, traffic: automatic("45s") },
            "traffic.automatic.after",
            /is 45s, and the alerts that start a move wait 1m .*Write at least that/,
        ],
        ["the agent on the hub without its region", { labels: { deploy: "true" } }, "labels.region", /is missing/],
        [
            "the agent on the hub, which no step reaches",
            { labels: onHub, rollout: rolling("staging") },
            "labels.deploy",
            /no step of rollout\.steps names the environment `hub`/,
        ],
        [
            "one variable of external-dns as a secret and not",
            { traffic: install({ env: { CF_ZONE: "a" }, secretEnv: { CF_ZONE: "b" } }) },
            "traffic.externalDns.env.CF_ZONE",
            /is in secretEnv too.*Remove one/,
        ],
    ];
    for (const [name, given, path, problem] of bad) {
        it(`are refused: ${name}`, () => refused(() => hubSettings(given), path, problem));
    }

    const good: Record<string, object> = {
        "HTTP-01 with an Ingress": { certificates: acme, ingress },
        "DNS-01 without one": { certificates: { ...acme, solver: { dns01: { route53: {} } } } },
        "no polling, with a webhook": { scale: { reconciliation: "0s" }, webhooks: { github: "secret" } },
        "no polling, with the webhook of an adopted Argo CD": { scale: { reconciliation: "0s" }, adoptedRelease: "argo-cd" },
        "two repositories": { repositories: { a: https("https://git.example.com/x"), b: https("https://git.example.com/y") } },
        "an SSH host with its port": { repositories: { a: ssh }, knownHosts: "# ours\n[git.example.com]:2222 ssh-ed25519 AAAA" },
        "an SSH host by a pattern": { agent: { repository: "git@git.example.com:a.git" }, knownHosts: "a,*.example.com ssh-rsa AAAA" },
        "an SSH host that the chart knows": { agent: { repository: "org-123@github.com:example/agent.git" } },
        "an SSH host in values of the chart": {
            agent: { repository: "git@git.example.com:a.git" },
            chart: { values: { configs: { ssh: { extraHosts: "git.example.com ssh-rsa AAAA" } } } },
        },
        "a move as soon as the alerts fire": { alerts: { unreachableFor: "1m" }, traffic: automatic("60s") },
        "no automatic move, and no alerts": { alerts: { objects: "none" }, traffic: { active: "prod" } },
        "the agent on the hub, in a step": { labels: onHub, rollout: rolling("staging", "hub") },
        "variables of external-dns": { traffic: install({ env: { A: "a" }, secretEnv: { B: "b" } }) },
    };
    for (const [name, given] of Object.entries(good)) {
        it(`are accepted where they do not: ${name}`, () => void hubSettings(given));
    }
});

describe("settings of the hub that contradict what the hub has", () => {
    it("are refused: objects of an operator that is not there", () => {
        const operator = hubSettings({ alerts: { objects: "operator" } });
        expect(() => refuseMissingOperator(operator, ["apps"])).to.throw(/alerts\.objects: is "operator", but the hub has no/);
        refuseMissingOperator(operator, ["apps", "monitoring.coreos.com"]);
        refuseMissingOperator(hubSettings(), ["apps"]);
    });

    it("are refused: a request for memory above the limit, of which fleet has set one", () => {
        const check = (scale: object, more: object = {}) => () => refuseUnfitMemory(hubSettings({ scale, ...more }));
        expect(check({ controllerMemory: "5Gi" })).to.throw(/scale\.controllerMemory: is 5Gi, .* above its limit \(4Gi\)/);
        expect(check({ controllerMemoryLimit: "900Mi" })).to.throw(/scale\.controllerMemoryLimit: is 900Mi.*\(1Gi\).*Change it, or/);
        for (const fine of [{}, { controllerMemory: "4096Mi" }, { controllerMemory: "5Gi", controllerMemoryLimit: "6G" }]) {
            check(fine)();
        }
        check({ controllerMemory: "5Gi" }, { fleet: "large" })();
        check({ controllerMemory: "5Gi" }, { availability: "single" })();
    });
});

describe("settings of an environment that contradict each other", () => {
    const labels = { region: "eu" };
    const environment = (clusters: object, more: object = {}) => () =>
        parseSettings({ role: "environment", environment: "prod", hub: { context: "hub" }, clusters, ...more });

    it("are refused: two clusters with one Secret", () => {
        const two = (a: object, b: object) => environment({ a: { context: "a", labels, ...a }, b: { context: "b", labels, ...b } });
        refused(two({ clusterSecret: "x" }, { clusterSecret: "x" }), "clusters.b.clusterSecret", /a and b would both be .* x\. Remove it/);
        refused(two({ clusterSecret: "cluster-b" }, {}), "clusters.a.clusterSecret", /would both be the cluster Secret cluster-b/);
        two({ clusterSecret: "x" }, { clusterSecret: "y" })();
    });

    it("are refused: previews with Argo CD's own identity", () => {
        const subject = { kind: "Group", name: "argocd" };
        const clusters = { a: { context: "a", labels, credentials: { type: "gcp", subject } } };
        refused(environment(clusters, { previewers: subject }), "previewers.name", /is the identity of Argo CD too \(clusters\.a\./);
        environment(clusters, { previewers: { kind: "User", name: "argocd" } })();
    });
});
