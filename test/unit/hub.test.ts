import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import type { Hub } from "../../components/hub";
import { hubApplications } from "./support/applications";
import { bringUpHub } from "./support/hub";
import { encode, everything, one, unwrapSecret, valueOf } from "./support/mocks";

async function bringUp(more: Record<string, unknown> = {}): Promise<Hub> {
    return (await bringUpHub({ labels: { region: "eu-west-1" }, ...more })).hub;
}

describe("the hub", () => {
    let hub: Hub;
    before(async () => {
        hub = await bringUp();
    });

    it("creates everything on the hub's own cluster", () => {
        const objects = everything().filter(({ type }) => type.startsWith("kubernetes:"));
        expect(objects).to.have.length(21);
        expect(new Set(objects.map(({ provider }) => provider))).to.deep.equal(new Set(["hub"]));
    });

    it("installs the default chart under a fixed name, with two replicas of every component", () => {
        const { inputs } = one("kubernetes:helm.sh/v3:Release", "argocd-release");
        expect(inputs).to.deep.include({
            name: "argocd",
            namespace: "argocd",
            chart: "argo-cd",
            version: "10.1.1",
            repositoryOpts: { repo: "https://argoproj.github.io/argo-helm" },
        });
        const values = inputs.values as Record<string, Record<string, unknown>>;
        for (const component of ["controller", "applicationSet"]) {
            expect(values[component], component).to.deep.include({ replicas: 2 });
        }
        for (const component of ["server", "repoServer"]) {
            expect(values[component]?.autoscaling, component).to.deep.include({ enabled: true, minReplicas: 2 });
        }
        expect(values["redis-ha"]).to.deep.include({ enabled: true });
    });

    it("creates the password of Redis where the chart reads it, without special characters of HAProxy", () => {
        const { inputs } = one("random:index/randomPassword:RandomPassword", "argocd-redis-password");
        expect(inputs).to.deep.include({ length: 40, special: false });
        const secret = one("kubernetes:core/v1:Secret", "argocd-redis");
        expect(secret.inputs.metadata).to.deep.include({ name: "argocd-redis", namespace: "argocd" });
        expect(unwrapSecret(secret.inputs.data)).to.deep.equal({ auth: encode("password of argocd-redis-password") });
        const values = one("kubernetes:helm.sh/v3:Release", "argocd-release").inputs.values;
        expect(values).to.deep.include({ redisSecretInit: { enabled: false } });
    });

    it("creates the admin's password and the sessions' key, and keeps them out of the chart's values", () => {
        const secret = one("kubernetes:core/v1:Secret", "argocd-secret");
        expect(unwrapSecret(secret.inputs.data)).to.deep.equal({
            "server.secretkey": encode("password of argocd-session-key"),
            "admin.password": encode("hash of argocd-admin-password"),
            "admin.passwordMtime": encode("2026-01-02T00:00:00Z"),
        });
        const values = one("kubernetes:helm.sh/v3:Release", "argocd-release").inputs.values;
        expect(values).to.have.nested.property("configs.secret.createSecret", false);
        expect(JSON.stringify(values)).not.to.match(/password of|hash of/);
    });

    it("takes the time of the admin's password from a Secret that is replaced with the password", () => {
        const { inputs } = one("kubernetes:core/v1:Secret", "argocd-admin-password-set");
        // Without a name, the new one is there before the old one goes; `argocd-secret` is never replaced with it.
        expect(inputs.metadata).to.deep.equal({ namespace: "argocd" });
        expect(inputs.immutable).to.equal(true);
        const digest = createHash("sha256").update("hash of argocd-admin-password").digest("hex");
        expect(unwrapSecret(inputs.data)).to.deep.equal({ digest: encode(digest) });
    });

    it("allows the agent its repository and its namespace", () => {
        const { inputs } = one("kubernetes:argoproj.io/v1alpha1:AppProject", "agent-project-appproject");
        expect(inputs.spec).to.deep.include({
            sourceRepos: ["https://git.example.com/agent.git"],
            destinations: [{ server: "*", namespace: "agent" }],
            clusterResourceWhitelist: [],
        });
    });

    it("takes over its AppProject and its ApplicationSet from Argo CD, which writes whole objects", () => {
        const resources = [
            ["AppProject", "agent-project-appproject"],
            ["ApplicationSet", "agent-applicationset-applicationset"],
        ] as const;
        for (const [kind, name] of resources) {
            const { inputs } = one(`kubernetes:argoproj.io/v1alpha1:${kind}`, name);
            expect(inputs).to.have.deep.nested.property("metadata.annotations", { "pulumi.com/patchForce": "true" });
        }
    });

    it("registers itself so that the agent is not delivered there", () => {
        const { inputs } = one("kubernetes:core/v1:Secret", "in-cluster-secret");
        const metadata = inputs.metadata as { labels: Record<string, string> };
        expect(metadata.labels).to.deep.include({ deploy: "false", environment: "hub", region: "eu-west-1" });
        expect(unwrapSecret(inputs.data)).to.deep.equal({
            name: encode("in-cluster"),
            server: encode("https://kubernetes.default.svc"),
            namespaces: encode("agent"),
            clusterResources: encode("false"),
            config: encode('{"tlsClientConfig":{"insecure":false}}'),
        });
    });

    it("creates an ApplicationSet for the clusters of our stacks with deploy=true", () => {
        const { inputs } = one("kubernetes:argoproj.io/v1alpha1:ApplicationSet", "agent-applicationset-applicationset");
        expect(inputs.spec).to.deep.include({
            goTemplate: true,
            goTemplateOptions: ["missingkey=error"],
            generators: [
                {
                    clusters: {
                        selector: {
                            matchLabels: { deploy: "true", "app.kubernetes.io/managed-by": "pulumi" },
                            matchExpressions: [
                                { key: "environment", operator: "Exists" },
                                { key: "region", operator: "Exists" },
                                { key: "applications.hubspoke/agent", operator: "NotIn", values: ["false"] },
                            ],
                        },
                    },
                },
            ],
        });
        const { template } = inputs.spec as { template: { spec: Record<string, unknown> } };
        expect(template.spec).to.deep.include({
            project: "agent",
            destination: { server: "{{.server}}", namespace: "agent" },
        });
        expect(template.spec.source).to.deep.include({
            repoURL: "https://git.example.com/agent.git",
            helm: {
                releaseName: "agent",
                valueFiles: ["values.yaml", "values-{{.metadata.labels.environment}}.yaml"],
                valuesObject: {
                    cluster: {
                        name: "{{.name}}",
                        environment: "{{.metadata.labels.environment}}",
                        region: "{{.metadata.labels.region}}",
                        domain: '{{ index (get .metadata "annotations" | default dict) "domain" | default "" }}',
                    },
                },
            },
        });
        expect(template.spec.syncPolicy).to.deep.include({ automated: { prune: true, selfHeal: true } });
        expect(JSON.stringify(template.spec.syncPolicy)).not.to.include("CreateNamespace");
    });

    it("outputs what environment stacks and operators need, and no secret", async () => {
        const outputs = await Promise.all(
            Object.entries(hub.outputs).map(async ([key, value]) => [key, await valueOf(value)]),
        );
        expect(Object.fromEntries(outputs)).to.deep.equal({
            argoCdNamespace: "argocd",
            applications: JSON.stringify(hubApplications()),
            impersonation: "off",
            domain: "example.com",
            argoCdVersion: "v3.4.15",
            identities: "[]",
            audiences: "[]",
            rollout: JSON.stringify({
                strategy: "pinned",
                pinned: ["prod", "dr"],
                windowed: [],
                protectedEnvironments: ["prod", "dr"],
                soak: "10m",
            }),
            lab: "false",
            probes: JSON.stringify({
                objects: "files",
                interval: "15s",
                labels: {},
                prober: "blackbox-exporter.monitoring:9115",
            }),
        });
        expect(hub.operator.url).to.equal("https://argocd.example.com");
        const forward = "kubectl --context hub --namespace argocd port-forward service/argocd-server 8443:443";
        expect(hub.operator.login).to.equal(`${forward}, then https://localhost:8443`);
        expect(await pulumi.isSecret(hub.operator.adminPassword ?? pulumi.output(""))).to.equal(true);
    });
});

describe("the chart of Argo CD", () => {
    const sources = [
        { chart: { path: "/charts/argo-cd" }, expected: { chart: "/charts/argo-cd" } },
        {
            chart: { oci: "oci://registry.example.com/argo-cd", version: "10.1.1" },
            expected: { chart: "oci://registry.example.com/argo-cd", version: "10.1.1" },
        },
        {
            chart: { repository: "https://charts.example.com", version: "10.2.0" },
            expected: {
                chart: "argo-cd",
                version: "10.2.0",
                repositoryOpts: { repo: "https://charts.example.com" },
            },
        },
    ];
    for (const { chart, expected } of sources) {
        it(`comes from ${Object.keys(chart).join(" and ")}`, async () => {
            await bringUp({ chart });
            const { inputs } = one("kubernetes:helm.sh/v3:Release", "argocd-release");
            expect(inputs).to.deep.include(expected);
            expect(inputs).to.have.all.keys(
                ...Object.keys(expected), "compat", "name", "namespace", "timeout", "values");
        });
    }

    it("runs a single pod of each component if the settings request it by name", async () => {
        await bringUp({ availability: "single", fleet: "large" });
        const values = one("kubernetes:helm.sh/v3:Release", "argocd-release").inputs.values;
        expect(values).to.have.nested.property("controller.replicas", 1);
        expect(values).not.to.have.any.keys("redis-ha");
        expect(values).not.to.have.nested.property("server.autoscaling");
    });

    it("runs the number of controllers in the settings, with any availability", async () => {
        await bringUp({ availability: "single", scale: { shards: 3 } });
        const values = one("kubernetes:helm.sh/v3:Release", "argocd-release").inputs.values;
        expect(values).to.have.nested.property("controller.replicas", 3);
    });
});

describe("the way to Argo CD", () => {
    it("is its address where the settings have an Ingress", async () => {
        const hub = await bringUp({ ingress: { kind: "ingress", class: "nginx" } });
        expect(hub.operator.login).to.equal("https://argocd.example.com");
    });
});

describe("access to Argo CD", () => {
    const oidc = { issuer: "https://login.example.com", clientId: "argocd", clientSecret: "hunter2" };
    let hub: Hub;
    before(async () => {
        hub = await bringUp({ access: { oidc, groups: { 'the "A" team': "admin", developers: "readonly" } } });
    });

    it("has no local admin with single sign-on", () => {
        expect(hub.operator.adminPassword).to.equal(undefined);
        const values = one("kubernetes:helm.sh/v3:Release", "argocd-release").inputs.values;
        expect(values).to.have.nested.property("configs.cm.admin\\.enabled", false);
        expect(unwrapSecret(one("kubernetes:core/v1:Secret", "argocd-secret").inputs.data)).to.have.all.keys(
            "server.secretkey",
        );
    });

    it("gives each group its role, other users nothing, and no one a shell in a pod", () => {
        const { configs } = one("kubernetes:helm.sh/v3:Release", "argocd-release").inputs.values as {
            configs: { rbac: Record<string, string>; cm: Record<string, unknown> };
        };
        expect(configs.rbac["policy.default"]).to.equal("");
        expect(configs.rbac["policy.csv"]?.split("\n")).to.include.members([
            'g, "the ""A"" team", role:admin',
            'g, "developers", role:readonly',
        ]);
        expect(configs.cm).to.include({ "exec.enabled": false, "users.anonymous.enabled": false });
    });

    it("keeps the client secret in a Secret that Argo CD may read, and out of the values", () => {
        const secret = one("kubernetes:core/v1:Secret", "argocd-oidc");
        expect(unwrapSecret(secret.inputs.data)).to.deep.equal({ clientSecret: encode("hunter2") });
        expect(secret.inputs.metadata).to.deep.include({ labels: { "app.kubernetes.io/part-of": "argocd" } });
        const { values } = one("kubernetes:helm.sh/v3:Release", "argocd-release").inputs;
        expect(values).to.have.nested.property("configs.cm.oidc\\.config").that.includes("$argocd-oidc:clientSecret");
        expect(JSON.stringify(values)).not.to.include("hunter2");
    });
});
