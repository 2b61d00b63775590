import { expect } from "chai";
import { readFileSync } from "node:fs";
import type { Release } from "../../clusters/releases";
import { actOnRelease, promoteInRings } from "../../scripts/promote/rings";
import type { EnvironmentStack } from "../../scripts/support/stacks";
import type { RingSettings } from "../../settings/rings";
import { hubApplications, three } from "./support/applications";
import { failure } from "./support/failure";
import { type FakePulumi, fakePulumi } from "./support/fakePulumi";
import { type ObjectStore, objectStore } from "./support/objectStore";
import { printed } from "./support/printed";
import { registered, running, settingsWith, targetOn } from "./support/ringTarget";

const names = ["a", "b"];
const releases = "api/v1/namespaces/argocd/configmaps/release-record";
const promotions = "api/v1/namespaces/argocd/configmaps/promotion-record";
const goOn = "npm run promote -- --to prod --resume";
const goBack = "npm run promote -- --to prod --back";

describe("npm run promote, in rings", () => {
    let hub: ObjectStore;
    let pulumi: FakePulumi;
    let target: EnvironmentStack;

    /** Argo CD deploys at once what a promotion is recorded to bring; the revision "bad" is Degraded everywhere. */
    async function begin(rollout: object | undefined = { rings: [{ percent: 100, soak: "0s" }] }): Promise<void> {
        const before = names.flatMap((name) => [registered(name), running(name, "old")]);
        hub = await objectStore({ version: {}, ...Object.fromEntries(before) }, ({ method, path, body }, objects) => {
            if (method !== "GET" && path.includes("/configmaps") && body.includes(".begun")) {
                const { data } = JSON.parse(body) as { readonly data: Record<string, string | null> };
                for (const [key, json] of Object.entries(data).filter(([one]) => one.endsWith(".begun"))) {
                    const { revision } = JSON.parse(json ?? "{}") as { readonly revision?: string };
                    const name = key.replace(".begun", "");
                    const health = revision === "bad" ? "Degraded" : "Healthy";
                    if (revision !== undefined) {
                        objects.set(...registered(name, revision)).set(...running(name, revision, { health }));
                    }
                }
            }
            return undefined;
        });
        const cluster = () => ({ kubeconfig: hub.kubeconfig, labels: { region: "eu" }, revision: "old" });
        const clusters = Object.fromEntries(names.map((name) => [name, cluster()]));
        const settings = settingsWith([], { clusters, ...(rollout !== undefined && { rollout }) });
        pulumi = fakePulumi({ prod: settings });
        target = targetOn(hub, settings);
    }
    afterEach(async () => {
        pulumi.restore();
        await hub.close();
    });

    const promote = (revision: string) => {
        const rollout = target.settings.rollout as RingSettings;
        return promoteInRings(target, "agent", { proved: () => Promise.resolve(revision), rollout, timeout: undefined });
    };
    const act = (action: Parameters<typeof actOnRelease>[2], application = "agent") =>
        actOnRelease(target, application, action, undefined);
    const record = () => {
        const { data } = hub.objects.get(releases) as { readonly data: Record<string, string> };
        return JSON.parse(data["prod.agent"] ?? "") as Release;
    };
    const pins = () => readFileSync(pulumi.file("prod"), "utf8").match(/(?<=revision: )\w+/g);
    const commit = () => `Commit ${pulumi.file("prod")}`;
    const done = "The release of new is done: 2 of 2 clusters have it";

    it("moves the pins, waits, and says what to commit", async () => {
        await begin();
        const { lines } = await printed(() => promote("new"));
        expect(lines).to.deep.equal(["ring 1 of 1: 2 clusters get new: a, b", "ring 1 of 1 is done", done, commit()]);
        expect([pins(), record().state]).to.deep.equal([["new", "new"], "done"]);
        const { data } = hub.objects.get(promotions) as { readonly data: Record<string, string> };
        expect(Object.keys(data).sort()).to.deep.equal(["a", "b"]);
        expect(JSON.parse(data.a ?? "")).to.deep.include({ revision: "new", superseded: ["old"] });
    });

    it("has nothing to do where every cluster has the revision", async () => {
        await begin();
        const { lines } = await printed(() => promote("old"));
        expect(lines).to.deep.equal([`prod: every cluster has old. ${commit()} if it has changed`]);
        expect([hub.changes, pulumi.calls()]).to.deep.equal([[], []]);
    });

    it("goes back from a failure, and ends as failed", async () => {
        await begin();
        const { result, lines } = await printed(() => failure(promote("bad")));
        expect(result).to.equal("prod: the release of bad failed");
        const why = [
            "ring 1 of 1 failed: 2 of its clusters failed, and 0 may fail:",
            "  a: agent-a: Synced, Degraded at bad",
            "  b: agent-b: Synced, Degraded at bad",
        ];
        expect(lines).to.deep.equal([
            "ring 1 of 1: 2 clusters get bad: a, b",
            ...why,
            "going back from bad on 2 clusters: a, b",
            "The release of bad was taken back: its clusters have the revisions that they had",
            ...why,
            commit(),
        ]);
        expect([pins(), record().state]).to.deep.equal([["old", "old"], "back"]);
    });

    it("pauses at a failure where the settings say so, and ends as failed; a person takes it back", async () => {
        await begin({ rings: [{ percent: 100, soak: "0s" }], onFailure: "pause" });
        const { result } = await printed(() => failure(promote("bad")));
        expect([result, record().state]).to.deep.equal(["prod: the release of bad failed", "paused"]);
        const { lines } = await printed(() => act("back"));
        expect([lines.at(-1), record().state]).to.deep.equal([commit(), "back"]);
    });

    it("names how to go on or back after an error, and goes on where it is run again", async () => {
        await begin({ rings: [{ percent: 100, soak: "0s", approve: true }] });
        const { lines: asked } = await printed(() => promote("new"));
        const approve = "ring 1 of 1 (2 clusters) needs an approval of new: npm run promote -- --to prod --approve";
        expect(asked).to.deep.equal([approve, commit()]);
        const { lines: again } = await printed(() => promote("newer"));
        const continues = "prod: a release of new has begun. This continues it";
        expect(again).to.deep.equal([continues, approve, commit()]);
        const path = process.env.PATH;
        process.env.PATH = "";
        const { result } = await printed(() => failure(act("approve")));
        process.env.PATH = path;
        const remedy = `The release stopped. To go on: ${goOn}. To take it back: ${goBack}`;
        expect(result.split("\n").at(-1)).to.equal(remedy);
        const { lines } = await printed(() => act("resume"));
        expect(lines).to.deep.equal(["ring 1 of 1 is done", done, commit()]);
    });

    it("ends as failed too where it goes back after an approval", async () => {
        await begin({ rings: [{ percent: 100, soak: "0s", approve: true }] });
        await printed(() => promote("bad"));
        const { result } = await printed(() => failure(act("approve")));
        expect([result, record().state]).to.deep.equal(["prod: the release of bad failed", "back"]);
    });

    it("is not failed where a person pauses it, and takes it back", async () => {
        await begin({ rings: [{ percent: 100, soak: "0s", approve: true }] });
        await printed(() => promote("new"));
        const { lines } = await printed(() => act("pause"));
        const paused = [
            `The release of new is paused in ring 1 of 1: 0 of 2 clusters have it. To go on: ${goOn}. To take it back: ${goBack}`,
            "a person paused it",
        ];
        expect(lines).to.deep.equal(paused);
        expect((await printed(() => act("status"))).lines).to.deep.equal(paused);
        expect(await failure(act("approve"))).to.equal(`this is not possible now. ${paused.join("\n")}`);
        const { lines: back } = await printed(() => act("back"));
        const end = "The release of new was taken back: its clusters have the revisions that they had";
        expect(back).to.deep.equal(["going back from new on 0 clusters: ", end, "a person paused it", commit()]);
    });

    it("can be taken back without its rings in the settings, and names its application in commands", async () => {
        await begin();
        await printed(() => promote("new"));
        target = { ...target, settings: { ...target.settings, rollout: undefined } };
        const { lines } = await printed(() => act("back"));
        expect(lines.slice(-2)).to.deep.equal(["a person took it back", commit()]);
        expect([pins(), record().state]).to.deep.equal([["old", "old"], "back"]);
        target = { ...target, applications: hubApplications(three) };
        expect(await failure(act("back", "retriever"))).to.equal(
            "there is no release. Begin one: npm run promote -- --to prod --application retriever --from STACK",
        );
    });
});
