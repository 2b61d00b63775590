import { mock } from "node:test";
import timers from "node:timers/promises";
import { expect } from "chai";
import { drain } from "../../dynamic/drain";
import { departures } from "../../dynamic/departures";
import type { EmptyingState } from "../../dynamic/emptying";
import { closedPort, failure } from "./support/failure";
import { type ObjectStore, objectStore, type StoredObject } from "./support/objectStore";

const applications = "apis/argoproj.io/v1alpha1/namespaces/argocd/applications";
const secret = "api/v1/namespaces/argocd/secrets/cluster-prod";
const noon = Date.parse("2026-01-01T12:00:00Z");
const generated = { ownerReferences: [{ kind: "ApplicationSet", name: "agent" }] };

/** An Application of an ApplicationSet on the cluster. */
function applicationOf(name: string, more: Record<string, unknown> = {}, rest: object = {}): StoredObject {
    const metadata = { name: `${name}-prod`, labels: { "app.kubernetes.io/name": name }, ...generated, ...more };
    return { metadata, spec: { destination: { name: "prod" } }, ...rest };
}

const agent = `${applications}/agent-prod`;
const shop = `${applications}/shop-prod`;

describe("the removal of what Argo CD delivers to a cluster", () => {
    let hub: ObjectStore;
    let state: EmptyingState;
    /** What the controllers of the hub do, each time that the program looks. */
    let controllers: (objects: Map<string, StoredObject>, looks: number) => void;
    let isProtected: string[];

    beforeEach(async () => {
        let looks = 0;
        controllers = (objects) => [agent, shop].forEach((path) => objects.delete(path));
        isProtected = [];
        hub = await objectStore({ [secret]: { metadata: { labels: { deploy: "true", other: "x" } } }, version: {} }, (asked, objects) => {
            const [path = "", query = ""] = asked.path.slice(1).split("?");
            if (query === "dryRun=All") {
                const message = "ValidatingAdmissionPolicy 'hubspoke-protected-applications' denied request";
                return isProtected.includes(path) ? { kind: "Status", code: 422, message } : {};
            }
            const isLook = asked.method === "GET" && path === applications;
            if (isLook && hub.changes.some((change) => change === `PATCH ${secret}`)) {
                controllers(objects, ++looks);
            }
            return undefined;
        });
        const connection = { context: undefined, kubeconfig: hub.kubeconfig };
        state = {
            ...{ hub: connection, spoke: connection, namespace: "argocd", secret: "cluster-prod", cluster: "prod" },
            ...{ server: "https://prod.example.com", stack: "europe" },
        };
        // The pause between two looks is short.
        const { setTimeout: sleep } = timers;
        mock.method(timers, "setTimeout", (ms?: number, ...others: unknown[]) => sleep(ms === 500 ? 1 : ms, ...(others as [])));
    });
    afterEach(async () => {
        mock.restoreAll();
        mock.timers.reset();
        await hub.close();
    });

    const remove = (given: Partial<EmptyingState> = {}) => drain.delete!("id", { ...state, ...given });
    const labels = () => hub.objects.get(secret)?.metadata?.labels;
    it("changes nothing when the cluster comes or its settings change", async () => {
        const { id, outs } = await drain.create(state);
        expect(id).to.match(/^[0-9a-f]{16}$/);
        expect(id).not.to.equal((await drain.create({ ...state, secret: "cluster-dr" })).id);
        expect(outs).to.deep.equal(state);
        expect(await drain.update?.(id, state, { ...state, stack: "asia" })).to.deep.equal({ outs: { ...state, stack: "asia" } });
        expect(hub.changes).to.deep.equal([]);
    });

    it("ends the delivery at once where there is none, even if the cluster is lost", async () => {
        await remove({ spoke: { context: "lost" } });
        expect(labels()).to.deep.equal({ other: "x" });
        expect(hub.changes).to.deep.equal([`PATCH ${secret}`]);
    });

    it("ends the delivery, and waits until Argo CD has removed all of it, and no other cluster's", async () => {
        hub.objects.set(agent, applicationOf("agent"));
        hub.objects.set(shop, { ...applicationOf("shop"), spec: { destination: { server: "https://prod.example.com/" } } });
        const elsewhere = `${applications}/agent-dr`;
        hub.objects.set(elsewhere, { ...applicationOf("agent"), spec: { destination: { name: "dr" } } });
        let seen = 0;
        controllers = (objects, looks) => {
            seen = looks;
            objects.delete(looks === 1 ? agent : shop);
        };
        await remove();
        expect(seen).to.equal(2);
        expect(labels()).to.deep.equal({ other: "x" });
        expect([...hub.objects.keys()].filter((path) => path.startsWith(applications))).to.deep.equal([elsewhere]);
    });

    it("knows the cluster by its name in Argo CD", async () => {
        hub.objects.set(agent, { ...applicationOf("agent"), spec: { destination: { name: "arn-prod" } } });
        await remove();
        expect(hub.changes).to.deep.equal([`PATCH ${secret}`]);
        controllers = (objects) => objects.delete(agent);
        await remove({ argoCdName: "arn-prod" });
        expect(hub.objects.has(agent)).to.equal(false);
    });

    it("does not begin while Applications that no ApplicationSet made deliver there, and names them", async () => {
        hub.objects.set(agent, applicationOf("agent"));
        hub.objects.set(shop, applicationOf("shop", { ownerReferences: [] }));
        expect(await failure(remove())).to.equal(
            "cluster prod cannot be removed: Applications shop-prod are not from an ApplicationSet and deliver to it. " +
                "Delete them, or give them another destination; then do this again",
        );
        expect(hub.changes).to.deep.equal([]);
    });

    it("does not begin on a cluster that does not answer, and says how to forget it", async () => {
        hub.objects.set(agent, applicationOf("agent"));
        const away = hub.kubeconfig.replace(hub.url, `http://127.0.0.1:${await closedPort()}`);
        const error = await failure(remove({ spoke: { context: undefined, kubeconfig: away } }));
        const begin = "cluster prod cannot be emptied of agent-prod: hubspoke:clusters.prod: the API server ";
        expect(error.startsWith(begin), error).to.equal(true);
        const remedy = "`npm run forget -- europe --cluster prod` removes it from the hub and from the state";
        expect(error.endsWith(`. If the cluster is lost, ${remedy}`), error).to.equal(true);
        expect(hub.changes).to.deep.equal([]);
    });

    it("names the hub's setting where the kubeconfig does not have the hub", async () => {
        const lost = { context: "gone", kubeconfig: hub.kubeconfig };
        expect(await failure(remove({ hub: lost }))).to.match(/^hubspoke:hub\b/);
    });

    it("does not begin where the hub protects an Application, and says how to lift that", async () => {
        hub.objects.set(agent, applicationOf("agent"));
        hub.objects.set(shop, applicationOf("shop"));
        isProtected = [shop];
        const error = await drain.delete!("id", state).then(() => undefined, (caught: Error) => caught);
        expect(error?.message).to.equal(
            "cluster prod cannot be removed: the hub protects shop-prod. To allow the removal, write `hubspoke:protect: false` " +
                "into Pulumi.europe.yaml, with the cluster in it, and run `pulumi up --stack europe` (with shards " +
                "`npm run fleet -- up europe`); then do this again",
        );
        // Pulumi would print it too.
        expect(error?.stack).to.equal("");
        expect(labels()).to.have.property("deploy", "true");
        expect([agent, shop].map((path) => hub.objects.has(path))).to.deep.equal([true, true]);
    });

    it("allows the removal itself where the stack file has lifted the protection", async () => {
        hub.objects.set(agent, applicationOf("agent"));
        isProtected = [agent];
        let annotations: unknown;
        controllers = (objects) => {
            annotations = objects.get(agent)?.metadata?.annotations;
            objects.delete(agent);
        };
        await remove({ lifted: true });
        expect(annotations).to.deep.equal({ "hubspoke/allow-delete": "true" });
        expect(hub.changes).to.deep.equal([`PATCH ${agent}`, `PATCH ${secret}`]);
    });

    /** Passes time when the program looks for the first time, and ends the delivery at the third look. */
    const passing = (ms: number) => {
        mock.timers.enable({ apis: ["Date"], now: noon });
        controllers = (objects, looks) => {
            mock.timers.setTime(noon + ms);
            if (looks === 3) {
                [agent, shop].forEach((path) => objects.delete(path));
            }
        };
    };

    it("deletes what no controller deletes after ten seconds, and ends a sync that is tried again", async () => {
        hub.objects.set(agent, applicationOf("agent", { deletionTimestamp: "2026-01-01T12:00:00Z" }, { operation: { sync: {} } }));
        hub.objects.set(shop, applicationOf("shop"));
        passing(10_001);
        await remove();
        const own = hub.changes.filter((change) => !change.includes("secrets"));
        // The first two deletions only ask.
        expect(own).to.deep.equal([`DELETE ${agent}`, `DELETE ${shop}`, `PATCH ${agent}`, `DELETE ${shop}`]);
    });

    const left: [name: string, ms: number, metadata: object, rest: object][] = [
        ["what the controllers may still delete", 10_000, {}, { operation: {} }],
        ["what is being deleted", 60_000, { deletionTimestamp: "2026-01-01T12:00:00Z" }, {}],
    ];
    for (const [name, ms, metadata, rest] of left) {
        it(`leaves alone ${name}`, async () => {
            hub.objects.set(agent, applicationOf("agent", { ...metadata }, rest));
            passing(ms);
            await remove({ lifted: true });
            expect(hub.changes).to.deep.equal([`PATCH ${agent}`, `PATCH ${secret}`]);
        });
    }

    it("says after five minutes what is left and why, and how to go on", async () => {
        const conditions = [{ type: "DeletionError", message: "the namespace is stuck" }];
        hub.objects.set(agent, applicationOf("agent", { deletionTimestamp: "2026-01-01T12:00:00Z" }, { status: { conditions } }));
        hub.objects.set(shop, applicationOf("shop"));
        mock.timers.enable({ apis: ["Date"], now: noon });
        controllers = (_, looks) => mock.timers.setTime(noon + (looks === 1 ? 5_000 : 300_000));
        expect(await failure(remove())).to.equal(
            "cluster prod is not removed: waited 300.0 s for Argo CD to remove what it delivered; last seen: agent-prod deleting " +
                "DeletionError: the namespace is stuck; shop-prod there . To continue to wait, destroy again; if the cluster is " +
                "lost, `npm run forget -- europe --cluster prod`; to keep it, `pulumi up --refresh --stack europe` (with shards, " +
                "the stack of its shard)",
        );
    });

    describe("of an application that leaves the cluster", () => {
        const of = (...names: string[]) => ({ ...state, applications: names });
        const update = (before: string[], now: string[]) => departures.update!("id", of(...before), of(...now));

        it("is nothing while applications come", async () => {
            const { id, outs } = await departures.create(of("agent"));
            expect(id).not.to.equal((await drain.create(state)).id);
            expect(outs).to.deep.equal(of("agent"));
            expect(await update(["agent"], ["agent", "shop"])).to.deep.equal({ outs: of("agent", "shop") });
            expect(hub.changes).to.deep.equal([]);
        });

        it("waits for that application alone, and keeps the cluster's others", async () => {
            hub.objects.set(agent, applicationOf("agent"));
            hub.objects.set(shop, applicationOf("shop"));
            hub.objects.set(`${applications}/other`, { metadata: { name: "other" }, spec: { destination: { name: "prod" } } });
            const room = { deploy: "true", "applications.hubspoke/shop": "true" };
            hub.objects.set(secret, { metadata: { labels: room } });
            controllers = (objects) => objects.delete(shop);
            await update(["agent", "shop"], ["agent"]);
            expect([agent, shop].map((path) => hub.objects.has(path))).to.deep.equal([true, false]);
            expect(labels()).to.deep.equal({ deploy: "true" });
            // Room for the agent is the default.
            controllers = (objects) => objects.delete(agent);
            await update(["agent"], []);
            expect(labels()).to.deep.equal({ deploy: "true", "applications.hubspoke/agent": "false" });
        });

        it("is refused where the hub protects it, and says how to lift that", async () => {
            hub.objects.set(shop, applicationOf("shop"));
            isProtected = [shop];
            expect(await failure(update(["shop"], []))).to.equal(
                "application shop on cluster prod cannot be removed: the hub protects shop-prod. To allow the removal, write " +
                    "`hubspoke:protect: false` into Pulumi.europe.yaml, keep the application on the cluster, and run `pulumi up " +
                    "--stack europe` (with shards `npm run fleet -- up europe`); then do this again",
            );
        });

        it("says how to go on waiting", async () => {
            hub.objects.set(shop, applicationOf("shop"));
            mock.timers.enable({ apis: ["Date"], now: noon });
            controllers = () => mock.timers.setTime(noon + 300_000);
            expect(await failure(update(["shop"], []))).to.equal(
                "application shop on cluster prod is not removed: waited 300.0 s for Argo CD to remove what it delivered; last " +
                    "seen: shop-prod there . To continue to wait: `pulumi up --stack europe` (with shards `npm run fleet -- up " +
                    "europe`)",
            );
        });
    });
});
