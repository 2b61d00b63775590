import { expect } from "chai";
import { failure } from "./support/failure";
import { FakeFleet, rulesOf } from "./support/release";
import { canary, onward, pinByHand, release, ring, three, two } from "./support/rings";

describe("a release in rings", () => {
    it("pins a cluster in quarantine, and does not wait for it", async () => {
        const fleet = new FakeFleet({ a: { labels: { canary: "true" } }, b: { quarantined: true }, c: {} });
        const { state, skipped } = await release(fleet, two);
        expect(state).to.equal("done");
        expect(skipped.b).to.match(/^is in quarantine: it gets the revision when that is lifted/);
        expect(fleet.with("new")).to.deep.equal(["a", "b", "c"]);
    });

    it("pauses where no cluster of a ring could prove anything, and goes on when one answers", async () => {
        const fleet = three();
        Object.assign(fleet.clusters.a ?? {}, { dead: true });
        const { state, why, failure: isFailure } = await release(fleet, two);
        expect([state, isFailure, fleet.ups]).to.deep.equal(["paused", true, []]);
        expect(why).to.match(/^ring 1 of 2: no cluster of it could prove new:\n {2}a: it does not answer/);
        Object.assign(fleet.clusters.a ?? {}, { dead: false });
        expect((await onward(fleet, "resume")).state).to.equal("done");
    });

    it("does not begin if none of the clusters that lack the revision answers", async () => {
        const fleet = new FakeFleet({ a: { dead: true } });
        const error = await failure(release(fleet, [ring({ percent: 100 })]));
        expect(error).to.match(/none of the clusters that lack new answers, so nothing was changed/);
        expect(fleet.record).to.equal(undefined);
    });

    it("does not begin with a ring whose labels no cluster has", async () => {
        const fleet = three();
        const typo = ring({ clusters: { labels: { canary: "ture" } } });
        expect(await failure(release(fleet, [typo, ring({ percent: 100 })]))).to.include('has the labels canary: "ture"');
        expect([fleet.record, fleet.ups]).to.deep.equal([undefined, []]);
    });

    it("watches a ring whose clusters have the revision already, for its soak time and with its approval", async () => {
        const fleet = three();
        pinByHand(fleet, ["a"], "new");
        const began = fleet.clock;
        const slow = [{ ...canary, soak: "2h", approve: true }, ring({ percent: 100 })];
        expect((await release(fleet, slow)).state).to.equal("approval");
        expect(fleet.said.at(-1)).to.match(/^ring 1 of 2 \(1 clusters\) needs an approval of new/);
        expect((await onward(fleet, "approve")).state).to.equal("done");
        expect(fleet.ups).to.deep.equal([["b", "c"]]);
        // It has been Healthy at the revision for an hour.
        expect(fleet.clock - began).to.be.within(3_600_000, 3_600_000 + 700_000);
    });

    it("fails in a ring whose cluster has the revision already, and is broken by it", async () => {
        const fleet = three();
        pinByHand(fleet, ["a"], "new");
        Object.assign(fleet.clusters.a ?? {}, { breaksAt: "new" });
        const { state, why } = await release(fleet, two);
        expect(state).to.equal("back");
        expect(why).to.match(/^ring 1 of 2 failed: 1 of its clusters failed, and 0 may fail:\n {2}a: .*Degraded/);
        expect(fleet.hub).to.deep.equal({ a: { revision: "new" }, b: { revision: "old" }, c: { revision: "old" } });
    });

    it("waits for the approval of a ring, in another process then", async () => {
        const fleet = three();
        const approved = [canary, ring({ percent: 100, approve: true })];
        expect((await release(fleet, approved)).state).to.equal("approval");
        const approve = "npm run promote -- --to prod --approve";
        expect(fleet.said.at(-1)).to.equal(`ring 2 of 2 (2 clusters) needs an approval of new: ${approve}`);
        expect(fleet.with("new")).to.deep.equal(["a"]);
        expect((await onward(fleet)).state).to.equal("approval");
        expect((await onward(fleet, "approve")).state).to.equal("done");
        expect(await failure(onward(fleet, "approve"))).to.match(/this is not possible now\. The release of new is done/);
    });

    it("fails nothing because of an error of pulumi: it can be continued", async () => {
        const fleet = three();
        fleet.errors.push(new Error("the stack is locked"));
        expect(await failure(release(fleet, two))).to.equal("the stack is locked");
        expect(fleet.record?.state).to.equal("running");
        expect((await onward(fleet)).state).to.equal("done");
    });

    it("pauses at a failure where the settings say so", async () => {
        const fleet = three();
        Object.assign(fleet.clusters.a ?? {}, { breaksAt: "new" });
        const rules = rulesOf({ onFailure: "pause" });
        const { state, failure: isFailure } = await release(fleet, two, rules);
        expect([state, isFailure]).to.deep.equal(["paused", true]);
        expect(fleet.with("new")).to.deep.equal(["a"]);
        Object.assign(fleet.clusters.a ?? {}, { breaksAt: "other" });
        expect((await onward(fleet, "resume")).state).to.equal("done");
    });

    it("gives each cluster the pin that it had, and none where it had none", async () => {
        const fleet = three();
        fleet.hub.b = fleet.file.b = {};
        fleet.hub.c = fleet.file.c = { revision: "1.0", values: "v1" };
        Object.assign(fleet.clusters.c ?? {}, { breaksAt: "new" });
        expect((await release(fleet, two)).state).to.equal("back");
        expect(fleet.hub).to.deep.equal({ a: { revision: "old" }, b: {}, c: { revision: "1.0", values: "v1" } });
        expect(fleet.file).to.deep.equal(fleet.hub);
    });

    it("names what does not become Healthy after the way back", async () => {
        const fleet = three();
        Object.assign(fleet.clusters.a ?? {}, { breaksAt: "new" });
        fleet.onWait = () => {
            const isBack = fleet.record?.state === "going back";
            Object.assign(fleet.clusters.a ?? {}, { hangsAt: isBack ? "old" : undefined });
        };
        const { state, why } = await release(fleet, two);
        expect(state).to.equal("back");
        expect(why).to.match(/not Healthy after the way back: agent-a: Synced, Progressing/);
    });

    /** Both clusters of the last ring die after they have moved. */
    function lastRingDies(): FakeFleet {
        const fleet = three();
        fleet.onWait = () => {
            if (fleet.ups.length === 2) {
                Object.assign(fleet.clusters.b ?? {}, { dead: true });
                Object.assign(fleet.clusters.c ?? {}, { dead: true });
            }
        };
        return fleet;
    }

    it("pauses if all clusters of the last ring die after they have moved", async () => {
        const fleet = lastRingDies();
        const { state, why, failure: isFailure } = await release(fleet, two);
        expect([state, isFailure]).to.deep.equal(["paused", true]);
        expect(why).to.equal(
            "ring 2 of 2: no cluster is left that could prove new\n  b: it does not answer\n  c: it does not answer",
        );
        expect((await onward(fleet, "resume")).state).to.equal("paused");
        fleet.onWait = () => undefined;
        for (const name of ["b", "c"]) {
            Object.assign(fleet.clusters[name] ?? {}, { dead: false, quarantined: true });
        }
        const { state: end, skipped } = await onward(fleet, "resume");
        expect([end, skipped]).to.deep.equal(["done", { b: "is in quarantine", c: "is in quarantine" }]);
    });

    it("moves a skipped cluster that is back with the next ring, at the first attempt", async () => {
        const labels = { canary: "true" };
        const fleet = new FakeFleet({ a: { labels }, b: { labels, dead: true }, c: {} });
        const previewed: string[] = [];
        fleet.onPreview = (on) => void previewed.push([...on].sort().join(" "));
        fleet.onUp = () => void Object.assign(fleet.clusters.b ?? {}, { dead: false });
        expect((await release(fleet, two)).state).to.equal("done");
        expect(previewed).to.deep.equal(["a", "b c"]);
    });

    it("goes on when a cluster of a ring that has died answers again", async () => {
        const fleet = lastRingDies();
        await release(fleet, two);
        fleet.onWait = () => undefined;
        Object.assign(fleet.clusters.b ?? {}, { dead: false });
        const { state, skipped } = await onward(fleet, "resume");
        expect([state, Object.keys(skipped)]).to.deep.equal(["done", ["c"]]);
    });
});
