import { expect } from "chai";
import { findNamespace, refuseTakenAccount } from "../../preflight/namespaces";
import { checked } from "../../scripts/doctor/program";
import { namespaceLimits, type NamespaceLimits } from "../../settings/delivery";
import { checkedHub, namespacePath, ofStack } from "./support/hubPreflight";
import { objectStore, type StoredObject } from "./support/objectStore";

type Objects = Record<string, StoredObject>;

const path = "api/v1/namespaces/agent";
const namespace = (annotations: object = {}, labels: object = {}): Objects => ({
    [path]: { metadata: { name: "agent", labels: { team: "shop", ...labels }, annotations: { note: "kept", ...annotations } } },
});
const inIt = (kind: string, name: string, labels: object = {}): Objects => ({
    [`${kind === "networkpolicies" ? "apis/networking.k8s.io/v1/namespaces/agent" : path}/${kind}/${name}`]: { metadata: { name, labels } },
});
const kept = { labels: { team: "shop" }, annotations: { note: "kept" } };
const stack = "organization/hubspoke/staging";

describe("a namespace that a stack finds on a cluster", () => {
    const context = {
        at: "clusters.staging",
        application: "agent",
        namespace: "agent",
        stack,
        limits: namespaceLimits.parse({}) as NamespaceLimits,
        shared: false,
    };

    /** What becomes of it; with pods, quotas and policies that are not in its way. */
    async function find(objects: Objects, more: Partial<typeof context> = {}, isRegistered = false) {
        const cluster = await objectStore(objects);
        try {
            const { facts, error, warnings } = await checked(stack, () =>
                findNamespace(cluster.address, { ...context, ...more }, isRegistered),
            );
            return { facts, error: (error as Error | undefined)?.message ?? "", warnings };
        } finally {
            await cluster.close();
        }
    }

    it("is none, or may not be seen, before the stack creates it", async () => {
        expect(await find({})).to.deep.equal({ facts: undefined, error: "", warnings: [] });
    });

    it("is adopted with what it has, and the preview says what is added", async () => {
        const pod = inIt("pods", "agent-1", { "app.kubernetes.io/name": "agent" });
        const others = { ...inIt("resourcequotas", "team"), ...inIt("limitranges", "team"), ...inIt("networkpolicies", "team") };
        const { facts, error, warnings } = await find({ ...namespace(), ...pod, ...others });
        expect({ facts, error }).to.deep.equal({ facts: kept, error: "" });
        expect(warnings).to.have.length(1);
        expect(warnings[0]).to.match(/Pod Security restricted, a quota .*\. resourcequota\/team, limitrange\/team /);
    });

    it("with more than five other limits names five of them", async () => {
        const quotas = ["a", "b", "c", "d", "e"].map((name) => inIt("resourcequotas", name));
        const warningWith = async (all: Objects[]) => {
            return (await find(Object.assign({}, namespace(), ...all) as Objects)).warnings[0];
        };
        expect(await warningWith(quotas)).to.match(/\. resourcequota\/a, .*\/e also apply/);
        const six = [...quotas, inIt("resourcequotas", "f")];
        expect(await warningWith(six)).to.match(/\. resourcequota\/a, .*\/e and 1 more also apply/);
    });

    const own: [name: string, objects: Objects, isRegistered: boolean, facts: object | undefined][] = [
        ["that it made", namespace({ "hubspoke/stack": stack }), false, undefined],
        ["that an earlier version made on a registered cluster", namespace(), true, undefined],
        ["that it adopted", namespace({ "hubspoke/stack": stack, "hubspoke/adopted": "true" }), false, kept],
    ];
    for (const [name, objects, isRegistered, facts] of own) {
        it(`is its own: one ${name}, whatever is in it now`, async () => {
            const found = await find({ ...objects, ...inIt("pods", "web-1") }, {}, isRegistered);
            expect(found).to.deep.equal({ facts, error: "", warnings: [] });
        });
    }

    const refused: [name: string, objects: Objects, more: Partial<typeof context>, error: RegExp][] = [
        ["has pods of others", inIt("pods", "web-1"), {}, /sharedNamespace: .*not the application's \(web-1\).*`agent\.namespace`.*; or write true/],
        [
            "has pods of others beside another application",
            inIt("pods", "web-1"),
            { application: "shop" },
            /^hubspoke:clusters\.staging: .*`applications\.shop\.namespace` on the hub, or move them$/,
        ],
        ["has the name of the quota", inIt("resourcequotas", "agent"), {}, /has resourcequota\/agent already/],
        ["has the name of the limits", inIt("limitranges", "agent"), {}, /has limitrange\/agent already/],
        ["has the name of the policy", inIt("networkpolicies", "default-deny"), {}, /has networkpolicy\/default-deny already/],
        [
            "is shared, and has the name of that policy",
            inIt("networkpolicies", "agent-default-deny"),
            { shared: true },
            /has networkpolicy\/agent-default-deny already/,
        ],
    ];
    for (const [name, objects, more, expected] of refused) {
        it(`is refused if it ${name}`, async () => {
            expect((await find({ ...namespace(), ...objects }, more)).error).to.match(expected);
        });
    }

    it("keeps a policy of its own where the settings make none of that name, and the preview announces none", async () => {
        const limits = { ...context.limits, isolated: false };
        const { facts, error, warnings } = await find({ ...namespace(), ...inIt("networkpolicies", "default-deny") }, { limits });
        expect({ facts, error }).to.deep.equal({ facts: kept, error: "" });
        expect(warnings[0]).to.include("default limits for containers").and.not.to.include("network policy");
    });

    it("is shared with pods and limits of others where the settings say so", async () => {
        const others = { ...inIt("pods", "web-1"), ...inIt("resourcequotas", "agent"), ...inIt("networkpolicies", "default-deny") };
        const { facts, error } = await find({ ...namespace(), ...others }, { shared: true });
        expect({ facts, error }).to.deep.equal({ facts: kept, error: "" });
    });
});

describe("the namespace of Argo CD's account on a cluster", () => {
    const account = "api/v1/namespaces/argocd-manager";
    const refuse = async (objects: Objects) => {
        const cluster = await objectStore(objects);
        try {
            await refuseTakenAccount(cluster.address, "staging", stack);
            return "";
        } catch (error) {
            return (error as Error).message;
        } finally {
            await cluster.close();
        }
    };

    it("must be missing or of the stack", async () => {
        expect(await refuse({})).to.equal("");
        expect(await refuse({ [account]: { metadata: { annotations: { "hubspoke/stack": stack } } } })).to.equal("");
        for (const annotations of [undefined, { "hubspoke/stack": "organization/hubspoke/prod" }]) {
            expect(await refuse({ [account]: { metadata: { annotations } } })).to.match(
                /^hubspoke:clusters\.staging: the cluster has a namespace argocd-manager, .*: kubectl delete namespace/,
            );
        }
    });
});

describe("the agent on the hub itself", () => {
    const own: Objects = { [namespacePath]: { metadata: ofStack } };
    const application = (labels: object, destination: object = { name: "in-cluster", namespace: "agent" }): Objects => ({
        "apis/argoproj.io/v1alpha1/namespaces/argocd/applications/agent-in-cluster": {
            metadata: { name: "agent-in-cluster", labels },
            spec: { project: "agent", destination },
        },
    });
    const agents = { "app.kubernetes.io/name": "agent" };
    const labels = (deploy: string) => ({ labels: { deploy, region: "eu" } });

    it("gets its namespace, with the limits that a spoke's has, and adopts one", async () => {
        const { facts, error } = await checkedHub(own, labels("true"));
        expect(error).to.equal("");
        expect(facts?.agentOnHub).to.deep.equal({ namespace: "agent", limits: namespaceLimits.parse({}), adopted: undefined });
        expect((await checkedHub({ ...own, ...namespace() }, labels("true"))).facts?.agentOnHub?.adopted).to.deep.equal(kept);
        const pods = { ...own, ...namespace(), ...inIt("pods", "web-1") };
        expect((await checkedHub(pods, labels("true"))).error).to.match(/hubspoke:cluster: .*\(web-1\).*, or move them$/);
    });

    it("keeps it while Argo CD removes the agent, and says so", async () => {
        const { facts, warnings } = await checkedHub({ ...own, ...application(agents) }, labels("false"));
        expect(facts?.agentOnHub?.namespace).to.equal("agent");
        expect(warnings.join()).to.match(/hubspoke:labels\.deploy: is "false", and Argo CD has not removed the agent/);
        expect((await checkedHub(own, labels("false"))).facts?.agentOnHub).to.equal(undefined);
    });

    it("must stay in the settings until then", async () => {
        const others = { agent: undefined, applications: { shop: { repository: "https://git.example.com/shop.git", namespace: "shop" } } };
        const { error } = await checkedHub({ ...own, ...application(agents) }, { ...labels("false"), ...others });
        expect(error).to.match(/hubspoke:applications: agent is not in the settings any more, .* Put it back/);
    });

    it("leaves no right for other Applications there, which are named", async () => {
        const { error } = await checkedHub({ ...own, ...application({}, { server: "https://kubernetes.default.svc", namespace: "shop" }) });
        expect(error).to.match(/hubspoke:permissions: Application agent-in-cluster delivers to namespace shop/);
    });
});
