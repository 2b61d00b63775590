import { expect } from "chai";
import { delivering, type PolicyRule, reading } from "../../components/account/rules";
import { type HubApplication, parseHubOutputs } from "../../components/hubOutputs";
import agentRules from "../../rules/agent.json";
import { resourcesOf } from "../../scripts/support/capacity";
import type { Impersonation } from "../../settings/impersonation";
import { agentSource, hubApplications, retriever, three } from "./support/applications";
import { all, encode, everything, mockPulumi, one, settled, unwrapSecret } from "./support/mocks";
import { registerClusters } from "./support/register";
import { useRulesFolder, writeRules } from "./support/rulesFolder";

describe("a cluster with several applications", () => {
    const rbac = "kubernetes:rbac.authorization.k8s.io/v1";
    const rule = (group: string, resource: string) => {
        return { apiGroups: [group], resources: [resource], verbs: delivering };
    };
    const register = async (
        applications: readonly HubApplication[],
        more: object = {},
        spoke: object = {},
        impersonation: Impersonation = "off",
    ) => {
        await mockPulumi();
        const clusters = { staging: { context: "a", labels: { region: "eu", gpu: "true" }, ...spoke } };
        registerClusters("staging", clusters, "files", {}, { ...more }, {}, applications, impersonation);
        await settled();
    };
    const roleOf = (name: string) => one(`${rbac}:Role`, name).inputs as { metadata: object; rules: PolicyRule[] };

    useRulesFolder(() => {
        writeRules(["retriever"], [rule("apps", "statefulsets")]);
        writeRules(["monitoring"], [rule("example.com", "foos")]);
    });

    it("has nothing new for the agent alone", async () => {
        await register(hubApplications());
        const { labels } = one("kubernetes:core/v1:Secret", "staging-cluster-secret").inputs.metadata as { labels: object };
        expect(Object.keys(labels).join(" ")).not.to.include("applications.hubspoke");
        expect(roleOf("staging-manager-agent-role").rules).to.deep.equal(agentRules);
    });

    it("has a namespace and a Role for each, which reads the kinds of the others and writes its own", async () => {
        await register(hubApplications(three), { namespaces: { monitoring: { isolated: false, podSecurity: "privileged" } } });
        expect(all("kubernetes:core/v1:Namespace").map(({ inputs }) => (inputs.metadata as { name: string }).name)).to.include.members(
            ["agent", "retriever", "monitoring"],
        );
        const { rules } = roleOf("staging-manager.retriever-role");
        const rightOn = (resource: string) => rules.find(({ resources }) => resources.includes(resource))?.verbs;
        expect([rightOn("statefulsets"), rightOn("foos")]).to.deep.equal([delivering, reading]);
        const policies = all("kubernetes:networking.k8s.io/v1:NetworkPolicy").map(({ name }) => name);
        expect(policies).to.include("staging.retriever-default-deny").and.not.to.include("staging.monitoring-default-deny");
    });

    it("has as many resources as the size of a shard is counted from", async () => {
        const counted: number[] = [];
        for (const applications of [hubApplications(), hubApplications(three)]) {
            await register(applications, {}, {});
            const ofEnvironment = ["hubspoke:index:Environment", "pulumi:pulumi:Stack"];
            counted.push(everything().filter(({ type }) => !ofEnvironment.includes(type)).length);
        }
        const [one = 0, several = 0] = counted;
        const { cluster, application } = resourcesOf;
        expect(several - one).to.be.within(2 * application, 2 * application + 4);
        expect(one).to.be.within(cluster + application - 2, cluster + application + 2);
    });

    it("has rights on kinds in no namespace by a ClusterRole for exactly these", async () => {
        await register(hubApplications(three));
        expect(one(`${rbac}:ClusterRole`, "staging-manager.monitoring-kinds-role").inputs).to.deep.include({
            rules: [rule("apiextensions.k8s.io", "customresourcedefinitions")],
        });
    });

    it("has their rights in no other namespace, also with kinds of the whole cluster: Secrets least of all", async () => {
        const secrets = [rule("apps", "statefulsets"), rule("", "secrets")];
        writeRules(["retriever"], secrets);
        const kinds = [{ apiGroup: "batch", resources: ["cronjobs"] }];
        const permissions = { scope: "cluster", kinds, namespaces: ["shop", "agent", "retriever", "shop"] };
        await register(hubApplications(three), {}, { permissions });
        expect(one(`${rbac}:ClusterRole`, "staging-manager-role").inputs.rules).to.deep.equal([
            rule("batch", "cronjobs"),
            rule("apiextensions.k8s.io", "customresourcedefinitions"),
        ]);
        const roles = all(`${rbac}:Role`).map(({ inputs }) => inputs as { metadata: { namespace: string }; rules: PolicyRule[] });
        expect(roles.map(({ metadata }) => metadata.namespace)).to.have.members(["agent", "retriever", "monitoring", "shop"]);
        const rightsOn = (resource: string) =>
            Object.fromEntries(
                roles.map(({ metadata, rules }) => {
                    return [metadata.namespace, rules.find(({ resources }) => resources.includes(resource))?.verbs];
                }),
            );
        // Argo CD must read in each namespace what it may read in one.
        expect(rightsOn("secrets")).to.deep.equal({ agent: reading, retriever: delivering, monitoring: reading, shop: reading });
        expect(rightsOn("deployments")).to.deep.include({ agent: delivering, retriever: reading, shop: delivering });
        // The rules leave the ClusterRole of an earlier version when the Roles and bindings are there.
        const made = everything().filter(({ type }) => type.startsWith(rbac)).map(({ type }) => type.replace(`${rbac}:`, ""));
        expect(made.slice(-2)).to.deep.equal(["ClusterRole", "ClusterRoleBinding"]);
        expect(made.filter((kind) => kind === "RoleBinding")).to.have.length(4);
    });

    it("says in its Secret what has room, its namespaces and its pins", async () => {
        await register(hubApplications(three), {}, { revisions: { retriever: { revision: "1.4.1", values: "abc" } } });
        const { metadata, data } = one("kubernetes:core/v1:Secret", "staging-cluster-secret").inputs as {
            metadata: { labels: Record<string, string>; annotations: Record<string, string> };
            data: unknown;
        };
        expect(metadata.labels).to.include({
            "applications.hubspoke/retriever": "true",
            "applications.hubspoke/monitoring": "true",
        });
        expect(metadata.annotations).to.include({
            "revision.hubspoke/retriever": "1.4.1",
            "values-revision.hubspoke/retriever": "abc",
        });
        expect(unwrapSecret(data)).to.include({
            namespaces: encode("agent,retriever,monitoring"),
            clusterResources: encode("true"),
        });
        expect(unwrapSecret(data)).not.to.have.property("project");
    });

    it("has an account for the syncs of each where the hub prepares that, with the Role of its namespace and no token", async () => {
        await register(hubApplications(three), {}, {}, "prepared");
        const accounts = all("kubernetes:core/v1:ServiceAccount").filter(({ name }) => name.startsWith("staging-manager-sync."));
        expect(accounts.map(({ inputs }) => inputs.metadata)).to.have.length(3);
        expect(accounts.every(({ inputs }) => inputs.automountServiceAccountToken === false)).to.equal(true);
        expect(one(`${rbac}:RoleBinding`, "staging-manager-sync.retriever-binding").inputs).to.deep.include({
            roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "argocd-manager" },
        });
        expect(one(`${rbac}:ClusterRoleBinding`, "staging-manager-sync.monitoring-kinds-binding").inputs).to.deep.include({
            roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "argocd-manager.monitoring" },
        });
        expect(roleOf("staging-manager-sync-role").rules).to.deep.equal([
            {
                apiGroups: [""],
                resources: ["serviceaccounts"],
                resourceNames: ["agent", "retriever", "monitoring"],
                verbs: ["impersonate"],
            },
        ]);
        const { annotations } = one("kubernetes:core/v1:Secret", "staging-cluster-secret").inputs.metadata as { annotations: object };
        expect(annotations).to.include({ "hubspoke/sync-accounts": "true" });
    });

    it("says that it has no room for the agent where the hub has none, so that one that comes later waits for its room", async () => {
        await register(hubApplications({ applications: { retriever } }));
        const { labels } = one("kubernetes:core/v1:Secret", "staging-cluster-secret").inputs.metadata as { labels: object };
        expect(labels).to.include({ "applications.hubspoke/agent": "false", "applications.hubspoke/retriever": "true" });
    });

    it("keeps the project of a hub that has not left it yet", () => {
        const hub = parseHubOutputs("hub", { ...exported, agentNamespace: "agent" });
        expect([hub.scoped, hub.applications.map(({ name }) => name)]).to.deep.equal([true, ["agent"]]);
        const now = parseHubOutputs("hub", { ...exported, applications: JSON.stringify(hubApplications(three)) });
        expect([now.scoped, now.applications.length]).to.deep.equal([false, 3]);
    });

    it("says that an application which its selector excludes has no room", async () => {
        await register(hubApplications({ applications: { agent: { ...agentSource, namespace: "agent", deliver: false }, retriever } }));
        const { labels } = one("kubernetes:core/v1:Secret", "staging-cluster-secret").inputs.metadata as { labels: object };
        expect(labels).to.include({ "applications.hubspoke/agent": "false", "applications.hubspoke/retriever": "true" });
    });
});

const exported = {
    argoCdNamespace: "argocd",
    domain: "example.com",
    rollout: '{"strategy":"pinned","pinned":[],"windowed":[],"soak":"10m"}',
    probes: "{}",
};
