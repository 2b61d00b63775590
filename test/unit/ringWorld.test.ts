import { expect } from "chai";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { worldOf } from "../../scripts/promote/rings/onHub";
import type { EnvironmentStack } from "../../scripts/support/stacks";
import { hubApplications, three } from "./support/applications";
import { closedPort, failure } from "./support/failure";
import { type FakePulumi, fakePulumi } from "./support/fakePulumi";
import { type ObjectStore, objectStore } from "./support/objectStore";
import { registered, running, settingsWith, targetOn } from "./support/ringTarget";

const labels = { region: "eu" };

describe("a release in rings, on its hub", () => {
    let hub: ObjectStore;
    let pulumi: FakePulumi;
    let target: EnvironmentStack;
    /** The record of promotions as it was written, one text each time. */
    let written: string[] = [];

    /** @param clusters of the stack file, of which `registeredAt` are on the hub with their revisions */
    async function begin(clusters: object, registeredAt: Record<string, string>, more: object = {}): Promise<void> {
        const secrets = Object.entries(registeredAt).map(([name, revision]) => registered(name, revision));
        written = [];
        hub = await objectStore({ version: {}, ...Object.fromEntries(secrets) }, ({ method, path, body }) => {
            return method !== "GET" && path.includes("/configmaps") ? void written.push(body) : undefined;
        });
        const settings = settingsWith([], { clusters, ...more });
        pulumi = fakePulumi({ prod: settings });
        target = targetOn(hub, settings);
    }
    afterEach(async () => {
        pulumi.restore();
        await hub.close();
    });

    const inFile = () => {
        const { config } = parse(readFileSync(pulumi.file("prod"), "utf8")) as { readonly config: Record<string, object> };
        return config["hubspoke:clusters"] as Record<string, object>;
    };

    it("sees each cluster with its names, labels and pins", async () => {
        const rollback = { revision: "old", rollbackFrom: "hotfix" };
        const clusters = {
            a: { context: "a", labels: { ...labels, tier: "gold" }, ...rollback },
            b: { context: "b", labels, name: "arn:aws:eks:eu:1:cluster/b", quarantined: "true", revision: "newer" },
            c: { context: "c", labels: { ...labels, deploy: "false" } },
        };
        await begin(clusters, { a: "old", b: "old" });
        const { clusters: seen } = await worldOf(target, "agent");
        const none = { revision: undefined, rollbackFrom: undefined };
        const old = { revision: "old", values: undefined };
        const usual = { deploy: "true", region: "eu" };
        expect(seen).to.deep.equal({
            a: {
                ...{ application: "agent-a", argoCdName: "a", labels: { ...usual, tier: "gold" }, quarantined: false, runs: true },
                ...{ pin: rollback, filePin: rollback },
            },
            b: {
                ...{ application: "agent-arn-aws-eks-eu-1-cluster-b", argoCdName: "arn:aws:eks:eu:1:cluster/b", labels: usual },
                ...{ quarantined: true, runs: true, pin: old, filePin: { ...none, revision: "newer" } },
            },
            c: {
                ...{ application: "agent-c", argoCdName: "c", labels: { ...usual, deploy: "false" }, quarantined: false },
                ...{ runs: false, pin: undefined, filePin: none },
            },
        });
    });

    it("sees the clusters, pins and Applications of its application", async () => {
        const gpu = { ...labels, gpu: "true" };
        await begin({ a: { context: "a", labels: gpu }, b: { context: "b", labels } }, { b: "old" });
        const annotations = { "revision.hubspoke/retriever": "1.0", "values-revision.hubspoke/retriever": "v1" };
        const [path, { metadata, ...secret }] = registered("a");
        hub.objects.set(path, { ...secret, metadata: { ...metadata, annotations } });
        const own = running("a", "1.0", { application: "retriever" });
        [own, running("a", "old"), running("a", "1.0", { application: "retriever", environment: "dr" })]
            .reverse()
            .forEach((one) => hub.objects.set(...one));
        const world = await worldOf({ ...target, applications: hubApplications(three) }, "retriever");
        expect(Object.keys(world.clusters)).to.deep.equal(["a"]);
        const none = { revision: undefined, values: undefined };
        expect(await world.pins()).to.deep.equal({ a: { revision: "1.0", values: "v1" }, b: none });
        expect((await world.applications()).map(({ metadata: { name } }) => name)).to.deep.equal(["retriever-a"]);
        expect(await world.read()).to.equal(undefined);
    });

    it("sees which clusters do not answer, and which Argo CD leaves alone", async () => {
        await begin({ b: { context: "b", labels } }, { b: "old" });
        const kubeconfig = hub.kubeconfig;
        const gone = kubeconfig.replace(hub.url, `http://127.0.0.1:${await closedPort()}`);
        const clusters = { a: { kubeconfig: gone, labels }, b: { kubeconfig, labels }, c: { kubeconfig, labels } };
        const [path, { metadata, ...secret }] = registered("b");
        const annotations = { "argocd.argoproj.io/skip-reconcile": "true" };
        hub.objects.set(path, { ...secret, metadata: { ...metadata, annotations } });
        const { dead } = await worldOf(targetOn(hub, settingsWith([], { clusters })), "agent");
        expect(await dead(0)).to.deep.equal({ a: "it does not answer", b: "Argo CD leaves it alone now" });
    });

    it("asks the Prometheus of its settings, and says where there is none", async () => {
        const gates = [{ query: "errors", threshold: "< 0.01" }];
        await begin({ a: { context: "a", labels } }, {});
        const { askSeries } = await worldOf(target, "agent");
        expect(await failure(askSeries("errors", 0, 1, 1))).to.equal("rollout.prometheus is not set");
        const rollout = { rings: [{ percent: 100 }], gates, prometheus: `http://127.0.0.1:${await closedPort()}` };
        const world = await worldOf(targetOn(hub, settingsWith(["a"], { rollout })), "agent");
        expect(await failure(world.askSeries("errors", 0, 1, 1))).to.match(/127\.0\.0\.1/);
    });

    it("writes the pins of a move that concerns no cluster into the stack file alone", async () => {
        await begin({ a: { context: "a", labels, revision: "old" } }, { a: "old" });
        const { move, write } = await worldOf(target, "agent");
        const ready = () => Promise.reject(new Error("nothing is brought up"));
        await move({ pins: { a: { revision: "new" } }, on: [], dead: [], ready });
        expect(inFile()).to.deep.equal({ a: { context: "a", labels, revision: "new" } });
        await write({ a: {} });
        expect(inFile()).to.deep.equal({ a: { context: "a", labels } });
        expect([pulumi.calls(), hub.changes]).to.deep.equal([[], []]);
    });

    it("records each revision that it brings, and none for a cluster that gets no pin", async () => {
        const cluster = (name: string) => ({ context: name, labels, revision: "new" });
        await begin({ a: cluster("a"), b: cluster("b"), c: cluster("c") }, { a: "new", b: "new", c: "new" });
        const record = "api/v1/namespaces/argocd/configmaps/promotion-record";
        hub.objects.set(record, { metadata: { name: "promotion-record" }, data: {} });
        const { move } = await worldOf(target, "agent");
        const pins = { a: { revision: "old" }, b: { revision: "older" }, c: {} };
        await move({ pins, on: ["a", "b", "c"], dead: [], ready: () => Promise.resolve(), replaces: "new" });
        const begun = written.flatMap((body) => {
            const { data } = JSON.parse(body) as { readonly data: Record<string, string | null> };
            const texts = Object.entries(data).filter(([, text]) => text !== null);
            return texts.map(([key, text]) => [key, (JSON.parse(text ?? "") as { readonly revision: string }).revision]);
        });
        expect(begun).to.deep.equal([["a.begun", "old"], ["b.begun", "older"]]);
        expect(inFile()).to.deep.equal({
            a: { context: "a", labels, revision: "old" },
            b: { context: "b", labels, revision: "older" },
            c: { context: "c", labels },
        });
    });

    it("brings nothing up where the preview shows another change", async () => {
        await begin({ a: { context: "a", labels, revision: "old" } }, { a: "old" });
        const urn = "urn:pulumi:prod::hubspoke::kubernetes:core/v1:Secret::other";
        pulumi.planned([{ op: "create", urn, type: "kubernetes:core/v1:Secret" }]);
        const { move } = await worldOf(target, "agent");
        const ready = () => Promise.resolve();
        const error = await failure(move({ pins: { a: { revision: "new" } }, on: ["a"], dead: [], ready }));
        expect(error).to.match(/^nothing was brought up: besides the release, this would change in the stack prod:\n/);
        expect(hub.changes).to.deep.equal([]);
    });
});
