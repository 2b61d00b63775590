import { expect } from "chai";
import { decide } from "../../scripts/promote/rings/commands";
import { failure } from "./support/failure";
import { FakeFleet, rulesOf } from "./support/release";
import { canary, onward, pinByHand, release, ring, three, two } from "./support/rings";

const [before, after] = [{ revision: "old" }, { revision: "new" }];
const hour = 3_600_000;

/** A person pauses the release. */
const pause = (fleet: FakeFleet) => decide(fleet.world(), rulesOf({ runner: "a person" }), "pause");

describe("the stack file of a release in rings that stops", () => {
    it("lacks the pins of a ring that has not moved: the next `pulumi up` would move it without gates", async () => {
        const fleet = three();
        fleet.onPreview = (on) => (on.includes("b") ? pause(fleet) : undefined);
        expect((await release(fleet, two)).state).to.equal("paused");
        expect(fleet.file).to.deep.equal({ a: after, b: before, c: before });
        const overtaken = three();
        overtaken.onPreview = (on) => (on.includes("b") ? pinByHand(overtaken, ["b"], "hotfix") : undefined);
        expect((await release(overtaken, two)).state).to.equal("paused");
        expect(overtaken.file).to.deep.equal({ a: after, b: { revision: "hotfix" }, c: before });
    });

    it("has those of the rings so far on another machine, also of what has died, and none of a later ring", async () => {
        const labels = { canary: "true" };
        const fleet = new FakeFleet({ a: { labels }, b: {}, c: {}, d: { labels, dead: true } });
        fleet.onWait = () => {
            Object.keys(fleet.file).forEach((name) => (fleet.file[name] = before));
            return pause(fleet);
        };
        expect((await release(fleet, two)).state).to.equal("paused");
        expect(fleet.file).to.deep.equal({ a: after, b: before, c: before, d: after });
        const asked = three();
        expect((await release(asked, [canary, ring({ percent: 100, approve: true })])).state).to.equal("approval");
        expect(asked.file).to.deep.equal({ a: after, b: before, c: before });
    });

    it("has those of a ring's clusters that have moved, and of clusters that a ring before has skipped", async () => {
        const fleet = new FakeFleet({ a: { labels: { canary: "true" } }, b: {}, c: {}, d: { labels: { canary: "true" }, dead: true } });
        fleet.onUp = (name) => (name === "b" ? pause(fleet) : undefined);
        expect((await release(fleet, two)).state).to.equal("paused");
        expect(fleet.hub).to.deep.equal({ a: after, b: after, c: before, d: before });
        expect(fleet.file).to.deep.equal({ a: after, b: after, c: before, d: after });
        fleet.onUp = () => undefined;
        expect((await onward(fleet, "resume")).state).to.equal("done");
        expect(fleet.file).to.deep.equal({ a: after, b: after, c: after, d: after });
    });
});

describe("a release in rings that goes on after a long time", () => {
    /** Another process goes on after 12 hours, when a cluster is not Healthy for the next `ms`. */
    async function goOn(fleet: FakeFleet, action: "resume" | undefined, ms: number) {
        fleet.clock += 12 * hour;
        const until = fleet.clock + ms;
        const look = () => void Object.assign(fleet.clusters.a ?? {}, { hangsAt: fleet.clock < until ? "new" : undefined });
        fleet.onWait = look;
        look();
        return onward(fleet, action);
    }

    /** It waits for the canary, and is paused there, or its process dies. */
    async function stopped(action: "resume" | undefined): Promise<FakeFleet> {
        const fleet = three();
        fleet.onWait = () => (action === undefined ? Promise.reject(new Error("killed")) : pause(fleet));
        await release(fleet, two).catch(() => undefined);
        return fleet;
    }

    for (const action of ["resume", undefined] as const) {
        it(`gives its ring the whole time again (${action ?? "another process"})`, async () => {
            const fleet = await stopped(action);
            expect((await goOn(fleet, action, 0.3 * hour)).state).to.equal("done");
            const late = await stopped(action);
            const { state, why } = await goOn(late, action, 2 * hour);
            expect(state).to.equal("back");
            expect(why).to.match(/^ring 1 of 2 failed: .*\n {2}a: .*Progressing/);
        });
    }
});

describe("the time limit of a release in rings", () => {
    /** How long its last ring waits for a cluster that never becomes Healthy, in milliseconds. */
    async function waits(begun: string | undefined, approved: string | undefined): Promise<number> {
        const fleet = three();
        Object.assign(fleet.clusters.b ?? {}, { hangsAt: "new" });
        const rings = [canary, ring({ percent: 100, approve: true })];
        expect((await release(fleet, rings, rulesOf({ timeout: begun }))).state).to.equal("approval");
        const since = fleet.clock;
        const { state } = await onward(fleet, "approve", rulesOf({ runner: "two", timeout: approved }));
        expect(state).to.equal("back");
        return fleet.clock - since;
    }

    it("is that with which it began, and each later command may give another", async () => {
        expect(await waits(undefined, undefined)).to.be.within(25 * 60_000, 27 * 60_000);
        expect(await waits("3h", undefined)).to.be.within(3.1 * hour, 3.3 * hour);
        expect(await waits("3h", "1h")).to.be.within(1.1 * hour, 1.3 * hour);
    });
});

describe("a cluster that goes back by hand while a release in rings goes on", () => {
    const three66 = [canary, ring({ percent: 66 }), ring({ percent: 100 })];

    it("pauses the release before its next ring, and keeps its pin", async () => {
        const fleet = three();
        fleet.onWait = () => (fleet.ups.length === 2 ? pinByHand(fleet, ["a"], "old") : undefined);
        const { state, why } = await release(fleet, three66);
        expect(state).to.equal("paused");
        expect(why).to.match(/^ring 3 of 3: a got another revision after the release of new had begun/);
        expect([fleet.hub.a, fleet.file.a]).to.deep.equal([before, before]);
        expect(fleet.ups).to.have.length(2);
        expect(await failure(onward(fleet, "resume"))).to.match(/^a got another revision/);
        fleet.onWait = () => undefined;
        const end = await onward(fleet, "back");
        expect([end.state, fleet.with("old"), end.why]).to.deep.equal(["back", ["a", "b", "c"], why]);
    });

    it("has not gone back if it was only tried before it died", async () => {
        const fleet = three();
        fleet.errors.push(new Error("the network failed"));
        expect(await failure(release(fleet, three66.slice(1)))).to.equal("the network failed");
        const [tried = ""] = fleet.record?.moved ?? [];
        Object.assign(fleet.clusters[tried] ?? {}, { dead: true });
        const { state, skipped } = await onward(fleet);
        expect([state, Object.keys(skipped)]).to.deep.equal(["done", [tried]]);
    });
});

describe("a cluster without a pin on the hub, in a release in rings", () => {
    it("goes back to the pin of the stack file, which a protected environment needs", async () => {
        const fleet = three();
        fleet.hub.b = {};
        Object.assign(fleet.clusters.c ?? {}, { breaksAt: "new" });
        const { state, why } = await release(fleet, two);
        expect(state).to.equal("back");
        expect(why).to.match(/^ring 2 of 2 failed: .*\n {2}c: .*Degraded.*$/);
        expect(fleet.hub).to.deep.equal({ a: before, b: before, c: before });
        expect(fleet.file).to.deep.equal(fleet.hub);
    });
});

describe("a ring whose share is reached already", () => {
    it("is named, and its approval is asked for before the next one", async () => {
        const fleet = three();
        const rings = [canary, ring({ percent: 10, approve: true }), ring({ percent: 100 })];
        expect((await release(fleet, rings)).state).to.equal("approval");
        expect(fleet.said.join("\n")).to.match(/ring 2 of 3 has no cluster, since those before are its share: .*next one its approval/);
        expect(fleet.said.at(-1)).to.match(/^ring 3 of 3 \(2 clusters\) needs an approval of new/);
        expect(fleet.with("new")).to.deep.equal(["a"]);
    });
});
