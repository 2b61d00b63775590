import { expect } from "chai";
import {
    allApplications,
    annotateApplications,
    type Application,
    applicationOn,
    applicationsIn,
    applicationsOf,
    complaintsOf,
    deliveredNamespaces,
    findApplication,
    isAgents,
    isGenerated,
    isManaged,
    isQuarantined,
    namesOf,
    revisionOf,
    targetRevisionOf,
} from "../../clusters/applications";
import { objectStore, type ObjectStore } from "./support/objectStore";

const folder = "apis/argoproj.io/v1alpha1/namespaces/argocd/applications";
const named = (name: string, more: object = {}): Application => ({ metadata: { name, ...more } });
const nameLabel = "app.kubernetes.io/name";

describe("Argo CD's Applications on the hub", () => {
    let hub: ObjectStore;
    const keep = (name: string, labels: Record<string, string> = {}, destination?: object) =>
        hub.objects.set(`${folder}/${name}`, { metadata: { name, labels }, spec: { destination } });
    const names = (all: readonly Application[]) => all.map(({ metadata }) => metadata.name);
    beforeEach(async () => {
        hub = await objectStore();
    });
    afterEach(() => hub.close());

    it("are none on a hub without Argo CD", async () => {
        const none = await objectStore({}, () => ({ kind: "Status", code: 404, message: "" }));
        try {
            expect(await allApplications(none.address, "argocd")).to.deep.equal([]);
        } finally {
            await none.close();
        }
    });

    it("are without the checks of a connection", async () => {
        keep("agent-prod");
        keep("connection-check-prod", { "hubspoke/connection-check": "true" });
        expect(names(await allApplications(hub.address, "argocd"))).to.deep.equal(["agent-prod"]);
    });

    it("deliver to a cluster by its name, or by its URL however it is written", async () => {
        keep("by-name", {}, { name: "prod" });
        keep("by-url", {}, { server: "https://prod.example.com:443/" });
        keep("elsewhere", {}, { name: "dr", server: "https://dr.example.com" });
        keep("nowhere");
        const cluster = { argoCdName: "prod", server: "https://prod.example.com" };
        expect(names(await applicationsOf(hub.address, "argocd", cluster))).to.deep.equal(["by-name", "by-url"]);
    });

    it("are of one application and environment", async () => {
        keep("agent-prod", { [nameLabel]: "agent", environment: "prod" });
        keep("agent-dr", { [nameLabel]: "agent", environment: "dr" });
        keep("shop-prod", { [nameLabel]: "shop", environment: "prod" });
        expect(names(await applicationsIn(hub.address, "argocd", "agent", "prod"))).to.deep.equal(["agent-prod"]);
    });

    it("are found by application and cluster", async () => {
        keep("agent-prod-eu");
        expect((await findApplication(hub.address, "argocd", "agent", "Prod_EU"))?.metadata.name).to.equal("agent-prod-eu");
        expect(await findApplication(hub.address, "argocd", "agent", "dr")).to.equal(undefined);
        expect(applicationOn("shop", "prod")).to.equal("shop-prod");
    });

    it("are annotated one by one, without those that are deleted meanwhile", async () => {
        keep("a");
        keep("c");
        await annotateApplications(hub.address, "argocd", ["a", "b", "c"].map((name) => named(name)), { x: "y" });
        expect(hub.changes).to.deep.equal(["a", "b", "c"].map((name) => `PATCH ${folder}/${name}`));
        for (const name of ["a", "c"]) {
            expect(hub.objects.get(`${folder}/${name}`)?.metadata?.annotations).to.deep.equal({ x: "y" });
        }
        expect(hub.objects.has(`${folder}/b`)).to.equal(false);
    });
});

describe("an Application", () => {
    const owner = (kind: string, name: string) => ({ ownerReferences: [{ kind: "Other", name: "x" }, { kind, name }] });

    it("is the agent's by its label", () => {
        expect(isAgents(named("x", { labels: { [nameLabel]: "agent" } }))).to.equal(true);
        expect(isAgents(named("x", { labels: { [nameLabel]: "shop" } }))).to.equal(false);
        expect(isAgents(named("x"))).to.equal(false);
    });

    const label = { labels: { [nameLabel]: "shop" } };
    const managed: [name: string, application: Application, isManaged: boolean][] = [
        ["all three have one name", { ...named("x", { ...label, ...owner("ApplicationSet", "shop") }), spec: { project: "shop" } }, true],
        ["its label is missing", { ...named("x", owner("ApplicationSet", "shop")), spec: { project: "shop" } }, false],
        ["its ApplicationSet is another", { ...named("x", { ...label, ...owner("ApplicationSet", "b") }), spec: { project: "shop" } }, false],
        ["its owner is of another kind", { ...named("x", { ...label, ...owner("App", "shop") }), spec: { project: "shop" } }, false],
        ["it has no owner", { ...named("x", label), spec: { project: "shop" } }, false],
        ["its project is another", { ...named("x", { ...label, ...owner("ApplicationSet", "shop") }), spec: { project: "b" } }, false],
        ["it has no spec", named("x", { ...label, ...owner("ApplicationSet", "shop") }), false],
        ["it has nothing", named("x"), false],
    ];
    for (const [name, application, expected] of managed) {
        it(`${expected ? "is" : "is not"} the program's if ${name}`, () => expect(isManaged(application)).to.equal(expected));
    }

    it("is made by an ApplicationSet that owns it", () => {
        expect(isGenerated(named("x", owner("ApplicationSet", "a")))).to.equal(true);
        expect(isGenerated(named("x", owner("Application", "a")))).to.equal(false);
        expect(isGenerated(named("x"))).to.equal(false);
    });

    it("is in quarantine by its label, whatever its value", () => {
        expect(isQuarantined(named("x", { labels: { "hubspoke/quarantined": "" } }))).to.equal(true);
        expect(isQuarantined(named("x", { labels: {} }))).to.equal(false);
        expect(isQuarantined(named("x"))).to.equal(false);
    });

    it("has a revision, one for each source, or none", () => {
        expect(revisionOf({ revision: "a" })).to.equal("a");
        expect(revisionOf({ revision: "a", revisions: ["1.2.3", "b"] })).to.equal("1.2.3 b");
        expect(revisionOf({ revision: "a", revisions: [] })).to.equal("a");
        for (const none of [undefined, {}, { revision: "" }]) {
            expect(revisionOf(none)).to.equal(undefined);
        }
    });

    it("is to have a revision, one for each source, or none", () => {
        expect(targetRevisionOf({ spec: { source: { targetRevision: "main" } } })).to.equal("main");
        expect(targetRevisionOf({ spec: { sources: [{ targetRevision: "1.2.3" }, { targetRevision: "b" }] } })).to.equal("1.2.3 b");
        expect(targetRevisionOf({ spec: { sources: [{}, { targetRevision: "b" }] } })).to.equal(" b");
        expect(targetRevisionOf({ spec: {} })).to.equal(undefined);
        expect(targetRevisionOf({})).to.equal(undefined);
    });

    it("delivers to the namespaces that it and its objects name, each once, in their order", () => {
        const resources = [{ namespace: "b" }, {}, { namespace: "a" }, { namespace: "room" }];
        const application = { ...named("x"), spec: { destination: { namespace: "room" } }, status: { resources } };
        expect(deliveredNamespaces(application)).to.deep.equal(["a", "b", "room"]);
        expect(deliveredNamespaces(named("x"))).to.deep.equal([]);
    });

    it("has its complaints in one line", () => {
        const conditions = [{ type: "A", message: "one" }, { type: "B", message: "two" }];
        expect(complaintsOf({ ...named("x"), status: { conditions } })).to.equal("A: one; B: two");
        expect(complaintsOf({ ...named("x"), status: {} })).to.equal("");
        expect(complaintsOf(named("x"))).to.equal("");
    });

    it("is named with others, up to a number", () => {
        const all = ["a", "b", "c"].map((name) => named(name));
        expect(namesOf(all)).to.equal("a, b, c");
        expect(namesOf(all, 3)).to.equal("a, b, c");
        expect(namesOf(all, 2)).to.equal("a, b and 1 more");
    });
});
