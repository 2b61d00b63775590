import { expect } from "chai";
import { parseSettings } from "../../settings";
import type { EnvironmentSettings } from "../../settings/environment";
import type { HubSettings } from "../../settings/hub";
import { committedStacks } from "./support/stackFiles";

const agent = { repository: "https://git.example.com/agent.git" };
const hub = { role: "hub", cluster: { context: "hub" }, domain: "example.com", agent };
const spoke = { context: "staging", labels: { region: "eu-west-1" } };
const environment = {
    role: "environment",
    environment: "staging",
    hub: { context: "hub" },
    clusters: { staging: spoke },
};

/** The lines of the error, without its heading. */
function problemsOf(values: Record<string, unknown>): string[] {
    try {
        parseSettings(values);
    } catch (error) {
        return (error as Error).message.split("\n").slice(1).map((line) => line.trim());
    }
    throw new Error("the settings were accepted");
}

describe("settings", () => {
    it("are committed for one hub and its environments", () => {
        const roles = committedStacks().map(({ settings: { role } }) => role);
        expect(roles).to.include("hub").and.to.include("environment");
    });

    for (const { stack, config, settings } of committedStacks()) {
        it(`of ${stack} are accepted, and disable default providers`, () => {
            expect(config["pulumi:disable-default-providers"]).to.deep.equal(["kubernetes"]);
            expect(parseSettings(settings).role).to.equal(settings.role);
        });
    }

    it("accepts true and false in Pulumi's form, which is text", () => {
        const { production } = parseSettings({ ...environment, production: "false" }) as EnvironmentSettings;
        expect(production).to.equal(false);
        const { lab, metrics } = parseSettings({ ...hub, lab: "true", metrics: { serviceMonitors: "false" } }) as HubSettings;
        expect([lab, metrics.serviceMonitors]).to.deep.equal([true, false]);
    });

    it("fills in the defaults of a hub's settings", () => {
        expect(parseSettings(hub)).to.deep.equal({
            role: "hub",
            cluster: { context: "hub" },
            lab: false,
            domain: "example.com",
            alerts: {
                objects: "auto",
                labels: {},
                prober: "blackbox-exporter.monitoring:9115",
                interval: "15s",
                severities: { prod: "critical", dr: "critical" },
                unreachableFor: "30s",
                dashboard: true,
                degradedFor: "5m",
                outOfSyncFor: "30m",
                credentialMaxAge: "2160h",
                certificateEndsIn: "336h",
            },
            chart: {},
            availability: "ha",
            fleet: "small",
            impersonation: "off",
            gitCertificates: {},
            identity: {},
            pods: {
                env: {},
                images: {},
                nodeSelector: {},
                pullSecrets: [],
                registries: {},
                secretEnv: {},
                tolerations: [],
            },
            scale: { exclusions: [] },
            access: { groups: {} },
            metrics: { serviceMonitors: "auto" },
            applications: [
                {
                    name: "agent",
                    source: { ...agent, path: "helm", revision: "main" },
                    selector: { matchLabels: {}, matchExpressions: [] },
                    namespace: "agent",
                    facts: true,
                    traffic: true,
                    secrets: false,
                    clusterKinds: [],
                    kinds: [],
                    deliver: true,
                },
            ],
            certificates: { issuer: "own", certManager: { source: "install" } },
            repositories: {},
            knownHosts: "",
            webhooks: {},
            rollout: {
                strategy: "pinned",
                soak: "10m",
                steps: ["staging", "prod", "dr"].map((name) => ({ environments: [name], maxUpdate: 1 })),
            },
            syncWindows: {},
            protectedEnvironments: ["prod", "dr"],
            labels: { deploy: "false" },
            defaultProject: "locked",
            redisTls: false,
            permissions: { scope: "namespaces", kinds: [], admin: false, namespaces: [] },
        });
    });

    it("deploys to a spoke unless told otherwise, with or without quotes", () => {
        const settings = parseSettings({
            ...environment,
            clusters: { staging: spoke, other: { ...spoke, labels: { region: "eu", deploy: false } } },
        });
        expect(settings).to.have.nested.property("clusters.staging.labels.deploy", "true");
        expect(settings).to.have.nested.property("clusters.other.labels.deploy", "false");
    });

    const certified = (value: unknown) => ({ ...hub, certificates: value });
    const email = "ops@example.com";
    const solver = { http01: { class: "nginx" } };
    const privateRepository = (value: unknown) => ({ ...hub, repositories: { a: value } });
    const pem = "-----BEGIN OPENSSH PRIVATE KEY-----\nx\n-----END OPENSSH PRIVATE KEY-----";
    const cluster = (value: unknown) => ({ ...environment, clusters: { staging: value } });
    const labelled = (labels: unknown) => cluster({ context: "staging", labels });
    const bad: [name: string, values: Record<string, unknown>, path: string, reason: RegExp][] = [
        ["no role", { domain: "example.com" }, "role", /Write "hub" or "environment"/],
        ["an unknown role", { ...hub, role: "spoke" }, "role", /Write "hub" or "environment"/],
        ["an unknown setting", { ...hub, domian: "x" }, "domian", /is not a setting/],
        ["a number as a domain", { ...hub, domain: 5 }, "domain", /not text/],
        ["a domain with a space", { ...hub, domain: "exa mple.com" }, "domain", /not a valid DNS name/],
        ["no domain", { ...hub, domain: undefined }, "domain", /missing/],
        [
            "all rights on the hub, where the agent is delivered",
            { ...hub, labels: { deploy: "true", region: "eu" }, permissions: { scope: "cluster", admin: true, namespaces: ["shop"] } },
            "permissions.scope",
            /the agent's chart could .*deploy: "false"/,
        ],
        [
            "rights on the hub in no namespace",
            { ...hub, permissions: { scope: "cluster", admin: true } },
            "permissions.namespaces",
            /means every namespace\. Name those/,
        ],
        [
            "namespaces for narrow rights on the hub",
            { ...hub, permissions: { namespaces: ["shop"] } },
            "permissions.namespaces",
            /needs scope: cluster/,
        ],
        ["an unknown availability", { ...hub, availability: "best" }, "availability", /"single" for a lab/],
        ["OIDC without issuer", { ...hub, access: { oidc: { clientId: "a", clientSecret: "b" } } }, "access.oidc.issuer", /missing/],
        [
            "a group mapped to an unknown role",
            { ...hub, access: { oidc: { issuer: "https://a", clientId: "a", clientSecret: "b" }, groups: { x: "root" } } },
            "access.groups.x",
            /not a valid role/,
        ],
        ["groups without single sign-on", { ...hub, access: { groups: { x: "admin" } } }, "access.groups", /not set/],
        ["a lab that is neither true nor false", { ...hub, lab: "yes" }, "lab", /true or false/],
        ["an unknown fleet", { ...hub, fleet: "huge" }, "fleet", /"large"/],
        ["no shards", { ...hub, scale: { shards: 0 } }, "scale.shards", /at least 1/],
        ["a duration without unit", { ...hub, scale: { reconciliation: "180" } }, "scale.reconciliation", /duration/],
        ["a quantity without sense", { ...hub, scale: { controllerMemory: "much" } }, "scale.controllerMemory", /quantity/],
        [
            "an exclusion of nothing",
            { ...hub, scale: { exclusions: [{ apiGroups: ["batch"], kinds: [] }] } },
            "scale.exclusions.0.kinds",
            /names no kind/,
        ],
        ["an unknown strategy", { ...hub, rollout: { strategy: "big-bang" } }, "rollout.strategy", /"pinned" or "rolling"/],
        [
            "an environment in two steps",
            { ...hub, rollout: { steps: [{ environments: ["a"] }, { environments: ["b", "a"] }] } },
            "rollout.steps",
            /twice/,
        ],
        [
            "a step without environment",
            { ...hub, rollout: { steps: [{ environments: [] }] } },
            "rollout.steps.0.environments",
            /no environment/,
        ],
        ["no step", { ...hub, rollout: { steps: [] } }, "rollout.steps", /no step/],
        ["a soak without unit", { ...hub, rollout: { soak: "10" } }, "rollout.soak", /duration/],
        [
            "a sync window without all fields of cron",
            { ...hub, syncWindows: { prod: [{ kind: "deny", schedule: "0 22 *", duration: "8h" }] } },
            "syncWindows.prod.0.schedule",
            /five fields/,
        ],
        ["a quota that is no quantity", { ...environment, namespace: { memory: "8 GB" } }, "namespace.memory", /not a valid Kubernetes quantity/],
        ["an empty revision", cluster({ ...spoke, revision: "" }), "clusters.staging.revision", /empty/],
        ["two ways to one cluster", { ...hub, cluster: { context: "a", kubeconfig: "b" } }, "cluster", /exactly one/],
        ["no way to a cluster", { ...hub, cluster: {} }, "cluster", /exactly one/],
        ["two sources of a chart", { ...hub, chart: { path: "a", repository: "https://a.example.com" } }, "chart", /several/],
        ["an OCI chart without version", { ...hub, chart: { oci: "oci://a/b" } }, "chart.version", /missing/],
        ["an older chart than is known", { ...hub, chart: { version: "8.5.10" } }, "chart.version", /8\.5\.10 is older than 8\.6\.0.*upgrade\.md/],
        ["a range as a version", { ...hub, chart: { version: "^10.1.0" } }, "chart.version", /not an exact version/],
        ["a repository that is no URL", { ...hub, agent: { repository: "agent" } }, "agent.repository", /not a valid Git URL/],
        [
            "a repository with a credential",
            { ...hub, agent: { repository: "https://user:hunter2@git.example.com/a.git" } },
            "agent.repository",
            /credential/,
        ],
        ["a repository without credential", privateRepository({ url: "https://a/b" }), "repositories.a", /exactly one/],
        [
            "a repository with two credentials",
            privateRepository({ url: "https://a/b", token: "x", sshKey: pem }),
            "repositories.a",
            /exactly one/,
        ],
        ["an SSH key for https", privateRepository({ url: "https://a/b", sshKey: pem }), "repositories.a", /git@host/],
        ["a token for SSH", privateRepository({ url: "git@github.com:b", token: "x" }), "repositories.a", /https/],
        ["a key that is none", privateRepository({ url: "git@github.com:b", sshKey: "x" }), "repositories.a.sshKey", /not a private key/],
        ["a hashed known host", { ...hub, knownHosts: "|1|abc= ssh-rsa AAAA" }, "knownHosts", /host type key/],
        ["ACME without e-mail", certified({ issuer: "acme", solver }), "certificates.email", /e-mail address/],
        ["ACME without solver", certified({ issuer: "acme", email }), "certificates.solver", /./],
        [
            "ACME with two solvers",
            { ...certified({ issuer: "acme", email, solver: { ...solver, dns01: {} } }), ingress: { kind: "ingress", class: "a" } },
            "certificates.solver",
            /exactly one of http01 and dns01/,
        ],
        ["an existing issuer without name", certified({ issuer: "existing" }), "certificates.clusterIssuer", /missing/],
        ["an unknown issuer", certified({ issuer: "vault" }), "certificates.issuer", /"own", "acme", "existing"/],
        ["an unknown way in", { ...hub, ingress: { kind: "route" } }, "ingress.kind", /"ingress" or "gateway"/],
        ["an Ingress without class", { ...hub, ingress: { kind: "ingress" } }, "ingress.class", /missing/],
        [
            "a Gateway without certificate",
            { ...certified({ issuer: "none" }), ingress: { kind: "gateway", class: "envoy" } },
            "certificates.issuer",
            /Gateway needs a certificate/,
        ],
        ["a bad environment", { ...environment, environment: "Staging" }, "environment", /lower-case/],
        ["no cluster", { ...environment, clusters: {} }, "clusters", /names no cluster/],
        ["clusters as a list", { ...environment, clusters: [spoke] }, "clusters", /must be a map/],
        [
            "a cluster named as the hub",
            { ...environment, clusters: { "in-cluster": spoke } },
            "clusters.in-cluster",
            /the hub itself/,
        ],
        ["a cluster's bad name", { ...environment, clusters: { "a/b": spoke } }, "clusters.a/b", /lower-case/],
        ["a label value that Kubernetes refuses", labelled({ region: "eu west" }), "clusters.staging.labels.region", /not a valid label value/],
        ["a label key that Kubernetes refuses", labelled({ region: "eu", "a/b/c": "x" }), "clusters.staging.labels.a/b/c", /not a valid label key/],
        ["a label of the program", labelled({ region: "eu", environment: "x" }), "clusters.staging.labels.environment", /that the program sets/],
        [
            "a label that would overrule the mark of room",
            labelled({ region: "eu", "applications.hubspoke/agent": "false" }),
            "clusters.staging.labels.applications.hubspoke/agent",
            /that the program sets/,
        ],
        [
            "a label with the program's prefix",
            labelled({ region: "eu", "hubspoke/tier": "gold" }),
            "clusters.staging.labels.hubspoke/tier",
            /that the program sets. Remove it, or choose another key/,
        ],
        ["a map as a label", labelled({ region: {} }), "clusters.staging.labels.region", /must be text/],
        ["a strange deploy", labelled({ region: "eu", deploy: "yes" }), "clusters.staging.labels.deploy", /"true" or "false"/],
        ["no region", labelled({}), "clusters.staging.labels.region", /where the cluster is/],
        ["a server with a password", cluster({ ...spoke, server: "https://user:hunter2@a" }), "clusters.staging.server", /credential/],
        ["a server with a user", cluster({ ...spoke, server: "https://user@a/b" }), "clusters.staging.server", /credential/],
        ["a server with a query", cluster({ ...spoke, server: "https://a:6443?__uid=a" }), "clusters.staging.server", /a query or/],
        ["a server with a fragment", cluster({ ...spoke, server: "https://a/#b" }), "clusters.staging.server", /a fragment/],
        ["a server without TLS", cluster({ ...spoke, server: "http://a" }), "clusters.staging.server", /not a valid HTTPS URL/],
    ];
    for (const [name, values, at, reason] of bad) {
        it(`refuses ${name} at ${at}`, () => {
            const problems = problemsOf(values);
            const found = problems.filter((problem) => problem.startsWith(`hubspoke:${at}: `));
            expect(found, problems.join("\n")).to.have.length(1);
            expect(found[0]).to.match(reason);
            expect(problems).to.have.length(1);
        });
    }

    it("reports every invalid property together, and repeats no secret", () => {
        const problems = problemsOf({
            role: "environment",
            environment: "UP",
            hub: { kubeconfig: 7, extra: true },
            clusters: { staging: { kubeconfig: "hunter2", context: "a", labels: { deploy: "x" } } },
        });
        const paths = problems.map((problem) => problem.slice("hubspoke:".length).split(": ")[0]);
        expect(paths).to.include.members([
            "environment",
            "hub.kubeconfig",
            "hub.extra",
            "clusters.staging.labels.deploy",
            "clusters.staging.labels.region",
        ]);
        expect(problems.join()).not.to.include("hunter2");
    });
});
