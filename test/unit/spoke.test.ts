import { expect } from "chai";
import { all, encode, everything, mockPulumi, one, settled, unwrapSecret } from "./support/mocks";
import { registerClusters } from "./support/register";

const labels = { deploy: "true", region: "eu-west-1", tier: "gold" };

async function registerTwoClusters() {
    await mockPulumi();
    registerClusters("staging", { "staging-a": { context: "a", labels }, "staging-b": { context: "b", labels, revision: "v1.2.0", dnsDomain: "b.internal" } });
    await settled();
}

/** What everything carries that the stack makes. */
const mark = { "hubspoke/stack": "organization/hubspoke/staging" };

/** A Secret or ConfigMap with new contents is updated, never deleted and made anew. */
const inPlace = { enableSecretMutable: "true", enableConfigMapMutable: "true" };

describe("an environment with two clusters", () => {
    before(registerTwoClusters);

    it("reaches each cluster by its own context, and the hub by the hub's", () => {
        const providers = all("pulumi:providers:kubernetes").map(({ name, inputs }) => [name, inputs]);
        expect(Object.fromEntries(providers)).to.deep.equal({
            hub: { context: "hub", clusterIdentifier: "hub", ...inPlace },
            "staging-a": { context: "a", clusterIdentifier: "staging-a", ...inPlace },
            "staging-b": { context: "b", clusterIdentifier: "staging-b", ...inPlace },
        });
    });

    it("reads the contexts from each user's machine, and keeps no variable of a run in the state", async () => {
        const variables = { KUBECONFIG: "/home/somebody/.kube/config", PULUMI_K8S_SKIP_UPDATE_UNREACHABLE: "true" };
        const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
        Object.assign(process.env, variables);
        try {
            await registerTwoClusters();
        } finally {
            for (const [name, value] of before) {
                delete process.env[name];
                Object.assign(process.env, value === undefined ? {} : { [name]: value });
            }
        }
        const inputs = all("pulumi:providers:kubernetes").flatMap((provider) => Object.keys(provider.inputs));
        expect(inputs).not.to.include.oneOf(["kubeconfig", "skipUpdateUnreachable"]);
    });

    it("puts on each spoke two namespaces, an account, a Role, its binding and a token, and on the hub a Secret and probes", () => {
        const placed = everything()
            .filter(({ type }) => type.startsWith("kubernetes:"))
            .map(({ type, name, provider }) => `${provider}: ${type} ${name}`)
            .sort();
        const onSpoke = (spoke: string) => [
            `${spoke}: kubernetes:core/v1:LimitRange ${spoke}-agent-limits`,
            `${spoke}: kubernetes:core/v1:Namespace ${spoke}-agent-namespace`,
            `${spoke}: kubernetes:core/v1:Namespace ${spoke}-manager-namespace`,
            `${spoke}: kubernetes:core/v1:ResourceQuota ${spoke}-agent-quota`,
            `${spoke}: kubernetes:core/v1:Secret ${spoke}-manager-token-1`,
            `${spoke}: kubernetes:core/v1:ServiceAccount ${spoke}-manager-account`,
            `${spoke}: kubernetes:networking.k8s.io/v1:NetworkPolicy ${spoke}-agent-default-deny`,
            `${spoke}: kubernetes:rbac.authorization.k8s.io/v1:Role ${spoke}-manager-agent-role`,
            `${spoke}: kubernetes:rbac.authorization.k8s.io/v1:RoleBinding ${spoke}-manager-agent-binding`,
        ];
        expect(placed).to.deep.equal([
            "hub: kubernetes:core/v1:ConfigMap staging-a-probes-files",
            "hub: kubernetes:core/v1:ConfigMap staging-b-probes-files",
            "hub: kubernetes:core/v1:Secret staging-a-cluster-secret",
            "hub: kubernetes:core/v1:Secret staging-b-cluster-secret",
            ...onSpoke("staging-a"),
            ...onSpoke("staging-b"),
        ]);
    });

    it("marks every object with the stack that makes it", () => {
        for (const { type, name, inputs } of everything().filter((resource) => resource.type.startsWith("kubernetes:"))) {
            const { annotations } = inputs.metadata as { annotations?: object };
            expect(annotations, `${type} ${name}`).to.include(mark);
        }
    });

    it("registers a cluster with its labels, its stack and a credential that stays secret", () => {
        const secret = one("kubernetes:core/v1:Secret", "staging-a-cluster-secret");
        expect(secret.inputs.metadata).to.deep.equal({
            name: "cluster-staging-a",
            namespace: "argocd",
            labels: {
                ...labels,
                environment: "staging",
                "argocd.argoproj.io/secret-type": "cluster",
                "app.kubernetes.io/managed-by": "pulumi",
            },
            annotations: {
                "hubspoke/stack": "organization/hubspoke/staging",
                "pulumi.com/patchForce": "true",
                domain: "staging-a.example.com",
                "hubspoke/credential-generation": "1",
                "hubspoke/credential-since": "2026-01-02T00:00:00Z",
                "argocd.argoproj.io/refresh": "2026-01-01T00:00:00Z",
            },
        });
        const config = {
            bearerToken: "mock-token of staging-a-manager-token-1",
            tlsClientConfig: { insecure: false, caData: encode("mock-ca") },
        };
        expect(unwrapSecret(secret.inputs.data)).to.deep.equal({
            name: encode("staging-a"),
            server: encode("https://staging-a.example.com"),
            namespaces: encode("agent"),
            clusterResources: encode("false"),
            config: encode(JSON.stringify(config)),
        });
        expect(secret.inputs).not.to.have.property("stringData");
    });

    it("passes on a cluster's pinned revision and DNS domain, and nothing if the settings have none", () => {
        const annotations = (cluster: string) =>
            (one("kubernetes:core/v1:Secret", `${cluster}-cluster-secret`).inputs.metadata as { annotations: object })
                .annotations;
        expect(annotations("staging-a")).not.to.have.any.keys("revision", "dns-domain");
        expect(annotations("staging-b")).to.include({ revision: "v1.2.0", "dns-domain": "b.internal" });
    });

    it("keeps the account apart from what it manages", () => {
        const account = one("kubernetes:core/v1:ServiceAccount", "staging-a-manager-account");
        expect(account.inputs).to.deep.include({
            metadata: { name: "argocd-manager", namespace: "argocd-manager", annotations: mark },
            automountServiceAccountToken: false,
        });
        const role = one("kubernetes:rbac.authorization.k8s.io/v1:Role", "staging-a-manager-agent-role");
        const annotations = { ...mark, "pulumi.com/patchForce": "true" };
        expect(role.inputs.metadata).to.deep.equal({ name: "argocd-manager", namespace: "agent", annotations });
    });

    it("requests a token of this very account, by a name that cannot be guessed", () => {
        const token = one("kubernetes:core/v1:Secret", "staging-a-manager-token-1");
        expect(token.inputs).to.deep.include({
            type: "kubernetes.io/service-account-token",
            metadata: {
                name: "argocd-manager-abc123",
                namespace: "argocd-manager",
                annotations: {
                    "kubernetes.io/service-account.name": "argocd-manager",
                    "kubernetes.io/service-account.uid": "uid of staging-a-manager-account",
                    ...mark,
                },
            },
        });
    });

    it("gives no right to read Secrets, to bind roles, or to any wildcard", () => {
        for (const { inputs } of all("kubernetes:rbac.authorization.k8s.io/v1:Role")) {
            const rules = inputs.rules as { apiGroups: string[]; resources: string[]; verbs: string[] }[];
            expect(rules).not.to.be.empty;
            for (const { apiGroups, resources, verbs } of rules) {
                expect([...apiGroups, ...resources, ...verbs]).not.to.include("*");
                expect(resources).not.to.include.members(["secrets"]);
                expect(apiGroups).not.to.include("rbac.authorization.k8s.io");
            }
        }
        expect(all("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole")).to.be.empty;
        expect(all("kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding")).to.be.empty;
    });
});

describe("the logs of the agent's pods", () => {
    const onlyLogs = { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] };
    const byHand = {
        scope: "cluster",
        kinds: [{ apiGroup: "apps", resources: ["deployments"] }],
        namespaces: ["shop"],
    };
    const rbac = "kubernetes:rbac.authorization.k8s.io/v1:";
    const scopes = {
        "its own namespace": [{}, ["agent"]],
        "the whole cluster": [{ permissions: byHand }, ["agent", "shop"]],
    } as const;
    for (const [scope, [settings, namespaces]] of Object.entries(scopes)) {
        it(`are readable where the environment says so, in what Argo CD manages and nowhere else: ${scope}`, async () => {
            const rulesOf = async (more: Record<string, unknown>) => {
                await mockPulumi();
                registerClusters("staging", { "staging-a": { context: "a", labels, ...settings } }, "files", {}, more);
                await settled();
                expect(JSON.stringify(all(`${rbac}ClusterRole`))).not.to.include("pods/log");
                const roles = all(`${rbac}Role`).map(({ inputs }) => {
                    const { namespace } = inputs.metadata as { namespace: string };
                    return { namespace, rules: inputs.rules as object[] };
                });
                return roles.sort((left, right) => left.namespace.localeCompare(right.namespace));
            };
            const without = await rulesOf({});
            expect(without.map(({ namespace }) => namespace)).to.deep.equal(namespaces);
            expect(JSON.stringify(without)).not.to.include("pods/log");
            expect(await rulesOf({ logs: "false" })).to.deep.equal(without);
            expect(await rulesOf({ logs: "true" })).to.deep.equal(
                without.map(({ namespace, rules }) => ({ namespace, rules: [...rules, onlyLogs] })),
            );
        });
    }
});

describe("a cluster that is removed from an environment", () => {
    before(registerTwoClusters);

    it("is emptied by the resource that a destroy deletes first, which has names and no secret", () => {
        const { inputs } = one("pulumi-nodejs:dynamic/hubspoke:drain", "staging-a-drain");
        const { __provider: load, ...names } = inputs;
        expect(names).to.deep.equal({
            hub: { context: "hub" },
            spoke: { context: "a" },
            namespace: "argocd",
            secret: "cluster-staging-a",
            cluster: "staging-a",
            server: "https://staging-a.example.com",
            stack: "staging",
        });
        expect(load).to.equal(
            'require("tsx/cjs"); exports.handler = () => require(process.cwd() + "/dynamic/index.ts").drain;',
        );
    });

    it("deletes what the hub protects only if the stack file allows it", async () => {
        await mockPulumi();
        const clusters = { staging: { context: "a", labels } };
        registerClusters("staging", clusters, undefined, undefined, { protect: "false" });
        await settled();
        expect(one("pulumi-nodejs:dynamic/hubspoke:drain", "staging-drain").inputs).to.have.property("lifted", true);
        await registerTwoClusters();
    });

    it("checks a token by its name only", () => {
        const { inputs } = one("pulumi-nodejs:dynamic/hubspoke:access", "staging-a-access");
        expect(inputs).to.deep.include({
            spoke: { context: "a" },
            cluster: "staging-a",
            token: { namespace: "argocd-manager", secret: "argocd-manager-abc123" },
            target: "agent",
        });
    });
});

describe("a cluster reached by a kubeconfig in the settings", () => {
    it("passes the kubeconfig to its provider as a secret", async () => {
        await mockPulumi();
        registerClusters("prod", { prod: { kubeconfig: "a whole kubeconfig", labels } });
        await settled();
        const provider = one("pulumi:providers:kubernetes", "prod");
        expect(unwrapSecret(provider.inputs.kubeconfig)).to.equal("a whole kubeconfig");
        expect(provider.inputs).not.to.have.property("context");
        for (const kind of ["drain", "access"]) {
            const { inputs } = one(`pulumi-nodejs:dynamic/hubspoke:${kind}`, `prod-${kind}`);
            expect(unwrapSecret(inputs.spoke)).to.deep.equal({ kubeconfig: "a whole kubeconfig" });
        }
    });
});
