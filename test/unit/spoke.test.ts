import { expect } from "chai";
import { Environment } from "../../components/environment";
import { all, encode, everything, mockPulumi, one, settled, unwrapSecret } from "./support/mocks";

const labels = { deploy: "true", region: "eu-west-1", tier: "gold" };

async function registerTwoClusters() {
    await mockPulumi();
    new Environment("staging", {
        settings: {
            role: "environment",
            environment: "staging",
            hub: { context: "hub" },
            clusters: { "staging-a": { context: "a", labels }, "staging-b": { context: "b", labels } },
        },
        servers: { "staging-a": "https://a.example.com", "staging-b": "https://b.example.com" },
        hub: { argoCdNamespace: "argocd", agentProject: "agent", agentNamespace: "agent", domain: "example.com" },
        stack: "organization/hubspoke/staging",
    });
    await settled();
}

describe("an environment with two clusters", () => {
    before(registerTwoClusters);

    it("reaches each cluster by its own context, and the hub by the hub's", () => {
        const providers = all("pulumi:providers:kubernetes").map(({ name, inputs }) => [name, inputs]);
        expect(Object.fromEntries(providers)).to.deep.equal({
            hub: { context: "hub", clusterIdentifier: "hub" },
            "staging-a": { context: "a", clusterIdentifier: "staging-a" },
            "staging-b": { context: "b", clusterIdentifier: "staging-b" },
        });
    });

    it("puts on each spoke two namespaces, an account, a Role, its binding and a token, and on the hub a Secret", () => {
        const placed = everything()
            .filter(({ type }) => type.startsWith("kubernetes:"))
            .map(({ type, name, provider }) => `${provider}: ${type} ${name}`)
            .sort();
        const onSpoke = (spoke: string) => [
            `${spoke}: kubernetes:core/v1:Namespace ${spoke}-agent-namespace`,
            `${spoke}: kubernetes:core/v1:Namespace ${spoke}-manager-namespace`,
            `${spoke}: kubernetes:core/v1:Secret ${spoke}-manager-token`,
            `${spoke}: kubernetes:core/v1:ServiceAccount ${spoke}-manager-account`,
            `${spoke}: kubernetes:rbac.authorization.k8s.io/v1:Role ${spoke}-manager-agent-role`,
            `${spoke}: kubernetes:rbac.authorization.k8s.io/v1:RoleBinding ${spoke}-manager-agent-binding`,
        ];
        expect(placed).to.deep.equal([
            "hub: kubernetes:core/v1:Secret staging-a-cluster-secret",
            "hub: kubernetes:core/v1:Secret staging-b-cluster-secret",
            ...onSpoke("staging-a"),
            ...onSpoke("staging-b"),
        ]);
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
                domain: "staging-a.example.com",
            },
        });
        const config = {
            bearerToken: "mock-token",
            tlsClientConfig: { insecure: false, caData: encode("mock-ca") },
        };
        expect(unwrapSecret(secret.inputs.data)).to.deep.equal({
            name: encode("staging-a"),
            server: encode("https://a.example.com"),
            project: encode("agent"),
            namespaces: encode("agent"),
            clusterResources: encode("false"),
            config: encode(JSON.stringify(config)),
        });
        expect(secret.inputs).not.to.have.property("stringData");
    });

    it("keeps the account apart from what it manages", () => {
        const account = one("kubernetes:core/v1:ServiceAccount", "staging-a-manager-account");
        expect(account.inputs).to.deep.include({
            metadata: { name: "argocd-manager", namespace: "argocd-manager" },
            automountServiceAccountToken: false,
        });
        const role = one("kubernetes:rbac.authorization.k8s.io/v1:Role", "staging-a-manager-agent-role");
        expect(role.inputs.metadata).to.deep.equal({ name: "argocd-manager", namespace: "agent" });
    });

    it("asks for a token by a name that nobody can guess", () => {
        const token = one("kubernetes:core/v1:Secret", "staging-a-manager-token");
        expect(token.inputs).to.deep.include({
            type: "kubernetes.io/service-account-token",
            metadata: {
                name: "argocd-manager-abc123",
                namespace: "argocd-manager",
                annotations: { "kubernetes.io/service-account.name": "argocd-manager" },
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

describe("a cluster reached by a kubeconfig in the settings", () => {
    it("hands the kubeconfig to its provider as a secret", async () => {
        await mockPulumi();
        new Environment("prod", {
            settings: {
                role: "environment",
                environment: "prod",
                hub: { context: "hub" },
                clusters: { prod: { kubeconfig: "a whole kubeconfig", labels } },
            },
            servers: { prod: "https://prod.example.com" },
            hub: { argoCdNamespace: "argocd", agentProject: "agent", agentNamespace: "agent", domain: "example.com" },
            stack: "organization/hubspoke/prod",
        });
        await settled();
        const provider = one("pulumi:providers:kubernetes", "prod");
        expect(unwrapSecret(provider.inputs.kubeconfig)).to.equal("a whole kubeconfig");
        expect(provider.inputs).not.to.have.property("context");
    });
});
