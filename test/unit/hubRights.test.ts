import { expect } from "chai";
import type { Application } from "../../clusters/applications";
import agentRules from "../../rules/agent.json";
import { type PolicyRule, reading } from "../../components/account/rules";
import { outOfReachOnHub } from "../../preflight/reach";
import { namespaceLimits } from "../../settings/delivery";
import { bringUpHub, hubSettings } from "./support/hub";
import { all, encode, one, unwrapSecret } from "./support/mocks";

const rbac = "kubernetes:rbac.authorization.k8s.io/v1";
const shop = { scope: "cluster", namespaces: ["shop", "web"] };
const agentOnHub = { namespace: "agent", limits: namespaceLimits.parse({}) };
const accounts = ["argocd-application-controller", "argocd-server"];

function values(): Record<string, unknown> {
    return one("kubernetes:helm.sh/v3:Release", "argocd-release").inputs.values as Record<string, unknown>;
}

function registration(): unknown {
    return unwrapSecret(one("kubernetes:core/v1:Secret", "in-cluster-secret").inputs.data);
}

describe("Argo CD's rights on its own hub", () => {
    it("are those in its namespace alone, while it delivers nothing there", async () => {
        await bringUpHub();
        expect(values()).to.deep.include({ createClusterRoles: false });
        for (const kind of ["Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"]) {
            expect(all(`${rbac}:${kind}`), kind).to.deep.equal([]);
        }
    });

    it("are not given to the repo server, which runs what is in Git", async () => {
        await bringUpHub();
        expect(values().repoServer).to.deep.include({
            automountServiceAccountToken: false,
            serviceAccount: { automountServiceAccountToken: false },
        });
    });

    it("are those on a spoke, in a namespace with its limits, if the agent is delivered to the hub", async () => {
        await bringUpHub({ labels: { deploy: "true", region: "eu" } }, undefined, { agentOnHub });
        expect(values()).to.deep.include({ createClusterRoles: false });
        const { inputs } = one(`${rbac}:Role`, "hub-rights-agent-role");
        expect(inputs.rules).to.deep.equal(agentRules);
        expect(inputs.metadata).to.deep.include({ name: "argocd-manager", namespace: "agent" });
        expect(one(`${rbac}:RoleBinding`, "hub-rights-agent-binding").inputs.subjects).to.deep.equal(
            accounts.map((name) => ({ kind: "ServiceAccount", name, namespace: "argocd" })),
        );
        expect(one("kubernetes:core/v1:Namespace", "hub-rights-agent-namespace").inputs.metadata).to.have.deep.property(
            "annotations",
            { "hubspoke/stack": "organization/hubspoke/hub" },
        );
        expect(all("kubernetes:core/v1:ResourceQuota")).to.have.length(1);
        // Argo CD forgets what it may not read, until its cache of the cluster is older than this time.
        expect(one("kubernetes:core/v1:Secret", "in-cluster-secret").inputs.metadata).to.have.nested.property(
            "annotations.argocd\\.argoproj\\.io/refresh",
            "2026-01-02T00:00:00Z",
        );
        expect(all(`${rbac}:ClusterRole`)).to.deep.equal([]);
        expect(registration()).to.include({
            namespaces: encode("agent"),
            clusterResources: encode("false"),
        });
    });

    it("are the listed kinds, if the settings say so, in listed namespaces and not for the agent's project", async () => {
        const kinds = [{ apiGroup: "batch", resources: ["cronjobs"] }];
        await bringUpHub({ permissions: { ...shop, kinds } });
        expect(values()).to.deep.include({ createClusterRoles: false });
        const { rules } = one(`${rbac}:ClusterRole`, "hub-rights-role").inputs;
        const verbs = ["get", "list", "watch", "create", "update", "patch", "delete"];
        expect(rules).to.deep.equal([{ apiGroups: ["batch"], resources: ["cronjobs"], verbs }]);
        expect(registration()).to.include({ namespaces: encode("shop,web"), clusterResources: encode("true") });
        expect(registration()).not.to.have.property("project");
    });

    it("are for an agent that leaves in its namespace, and read its kinds in the listed ones", async () => {
        const kinds = [{ apiGroup: "batch", resources: ["cronjobs"] }];
        const permissions = { scope: "cluster", kinds, namespaces: ["agent", "shop"] };
        await bringUpHub({ permissions }, undefined, { agentOnHub });
        const rules = all(`${rbac}:Role`).map(({ name, inputs }) => [name, inputs.rules] as const);
        const { "hub-rights-agent-role": own, "hub-rights.shop-role": others } = Object.fromEntries(rules);
        expect(own).to.deep.equal(agentRules);
        expect(rules).to.have.length(2);
        expect(new Set((others as PolicyRule[]).flatMap(({ verbs }) => verbs))).to.deep.equal(new Set(reading));
        expect(one(`${rbac}:ClusterRole`, "hub-rights-role").inputs.rules).to.have.length(1);
    });

    it("are the chart's own for everything only by that name", async () => {
        await bringUpHub({ permissions: { ...shop, admin: true } });
        expect(values()).to.deep.include({ createClusterRoles: true });
        expect(all(`${rbac}:ClusterRoleBinding`)).to.deep.equal([]);
        expect(registration()).to.include({ namespaces: encode("shop,web") });
    });
});

describe("Applications that deliver to the hub itself", () => {
    const application = (name: string, namespace?: string, labels: Record<string, string> = {}): Application => ({
        metadata: { name, labels },
        spec: { destination: { ...(namespace !== undefined && { namespace }) } },
    });
    const agents = application("agent-in-cluster", "agent", { "app.kubernetes.io/name": "agent" });
    const refused = (more: object, deliversAgent: boolean, ...applications: Application[]) =>
        outOfReachOnHub(hubSettings(more), deliversAgent, applications);

    it("are refused with what to write, if Argo CD would have no rights there", () => {
        expect(refused({}, false, application("shop", "shop"))).to.deep.equal([
            "hubspoke:permissions: Application shop delivers to namespace shop, but Argo CD would manage nothing there. " +
                "Move it, or write `scope: cluster` with the kinds, and `namespaces: [shop]`",
        ]);
        expect(refused({}, true, application("shop", "shop"))).to.match(/would manage agent only/);
        expect(refused({}, false, application("crds"))).to.match(/no specific namespace/);
    });

    it("pass, if the settings give these rights", () => {
        const permissions = { ...shop, admin: true };
        expect(refused({ permissions }, false, application("shop", "shop"), application("crds"))).to.deep.equal([]);
        expect(refused({ permissions }, false, application("blog", "blog"))).to.match(/namespaces: \[blog, shop, web\]/);
    });

    it("pass, if they are the agent's own, which stays until Argo CD has removed it", () => {
        expect(refused({}, true, agents)).to.deep.equal([]);
        expect(refused({}, false, agents)).to.deep.equal([]);
        expect(refused({ permissions: { ...shop, admin: true } }, false, agents)).to.match(/namespace agent/);
    });
});
