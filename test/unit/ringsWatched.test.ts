import { expect } from "chai";
import { decide } from "../../scripts/promote/rings/commands";
import { FakeFleet, rulesOf } from "./support/release";
import { canary, onward, pinByHand, release, ring, three, two } from "./support/rings";

const minute = 60_000;
const labels = { canary: "true" };

/** A Prometheus whose only series has a value at every moment; the queries that it gets. */
function prometheus(fleet: FakeFleet, value: (query: string) => number): string[] {
    const asked: string[] = [];
    fleet.askSeries = (query, from, to, step) => {
        asked.push(query);
        const times = Array.from({ length: Math.round((to - from) / step) + 1 }, (_, index) => from + index * step);
        return Promise.resolve([new Map(times.map((time) => [time, value(query)]))]);
    };
    return asked;
}
const gate = (query: string, length = "1m") => ({ query, threshold: "< 0.01", for: length });

describe("a ring of a release, while it is watched", () => {
    it("does not count a cluster again that has failed within the limit of an earlier ring", async () => {
        const fleet = new FakeFleet({ a: { labels, breaksAt: "new" }, b: { labels }, c: {} });
        const { state, failed } = await release(fleet, [{ ...canary, maxFailed: 1 }, ring({ percent: 100 })]);
        expect(state).to.equal("done");
        expect(failed).to.deep.equal({ a: "a: agent-a: Synced, Degraded at new" });
    });

    it("counts what fails of an earlier ring, and keeps all that have failed", async () => {
        const fleet = new FakeFleet({ a: { labels }, b: { labels, breaksAt: "new" }, c: {} });
        fleet.onWait = () => void (fleet.ups.length === 2 && Object.assign(fleet.clusters.a ?? {}, { breaksAt: "new" }));
        const rings = (maxFailed: number) => [{ ...canary, maxFailed: 1 }, ring({ percent: 100, maxFailed })];
        const { state, failed } = await release(fleet, rings(1));
        expect([state, Object.keys(failed).sort()]).to.deep.equal(["done", ["a", "b"]]);
        const strict = new FakeFleet({ a: { labels }, b: { labels }, c: {} });
        strict.onWait = () => void (strict.ups.length === 2 && Object.assign(strict.clusters.a ?? {}, { breaksAt: "new" }));
        const end = await release(strict, rings(0));
        expect(end.state).to.equal("back");
        expect(end.why).to.equal(
            "ring 2 of 2 failed: 1 of its clusters failed, and 0 may fail:\n  a: agent-a: Synced, Degraded at new",
        );
    });

    it("waits for no cluster of an earlier ring that is not Healthy for a while, also at its end", async () => {
        const fleet = three();
        fleet.onWait = () => void (fleet.ups.length === 2 && Object.assign(fleet.clusters.a ?? {}, { hangsAt: "new" }));
        const { state, failed } = await release(fleet, two);
        expect([state, failed]).to.deep.equal(["done", {}]);
    });

    it("fails at the time limit with what has not become Healthy or has not soaked, and not before", async () => {
        const fleet = new FakeFleet({ a: { labels }, b: {}, c: {} });
        Object.assign(fleet.clusters.b ?? {}, { hangsAt: "new" });
        const rules = rulesOf({ timeout: "30m" });
        expect((await release(fleet, [canary, ring({ percent: 100, approve: true })], rules)).state).to.equal("approval");
        const began = fleet.clock;
        const { state, why } = await onward(fleet, "approve");
        expect(state).to.equal("back");
        expect(why).to.equal(
            "ring 2 of 2 failed: 1 of its clusters failed, and 0 may fail:\n  b: agent-b: Synced, Progressing at new",
        );
        // The limit, the soak time, and the way back.
        expect(fleet.clock - began).to.equal(30 * minute + 10 * minute + 20_000);
        const soaking = three();
        soaking.onWait = () => {
            const isUp = Math.floor(soaking.clock / minute) % 2 === 0;
            Object.assign(soaking.clusters.a ?? {}, { hangsAt: isUp ? undefined : "new" });
        };
        expect((await release(soaking, two)).state).to.equal("done");
    });

    it("goes on beside a cluster that has died, and is proved by another one", async () => {
        const fleet = new FakeFleet({ a: { labels }, b: { labels }, c: {} });
        fleet.onWait = () => void Object.assign(fleet.clusters.a ?? {}, { dead: true });
        const { state, skipped, ring: at } = await release(fleet, [canary, ring({ percent: 100, approve: true })]);
        expect([state, at, skipped]).to.deep.equal(["approval", 1, { a: "it does not answer" }]);
    });

    it("asks clusters again at its end, where its last answer is old", async () => {
        const fleet = new FakeFleet({ a: { labels }, b: { labels }, c: {} });
        const world = fleet.world();
        const ages: number[] = [];
        const look = { ...world, dead: (maxAgeMs: number) => (ages.push(maxAgeMs), world.dead(maxAgeMs)) };
        fleet.world = () => look;
        expect((await release(fleet, [ring({ percent: 100, soak: "1m" })])).state).to.equal("done");
        const [atBegin, atMove, ...looks] = ages;
        expect([atBegin, atMove, looks.at(-1)]).to.deep.equal([0, 0, 0]);
        expect(new Set(looks.slice(0, -1))).to.deep.equal(new Set([30_000]));
    });

    it("pauses where its only cluster has failed within the limit", async () => {
        const fleet = new FakeFleet({ a: { labels, breaksAt: "new" }, b: {} });
        const { state, why } = await release(fleet, [{ ...canary, maxFailed: 1 }, ring({ percent: 100 })]);
        expect([state, why]).to.deep.equal(["paused", "ring 1 of 2: no cluster is left that could prove new"]);
    });

    it("pauses at the end where every cluster has failed or came into quarantine", async () => {
        const fleet = new FakeFleet({ a: { labels }, b: {} });
        const rules = rulesOf({ runner: "a person" });
        fleet.onWait = () => (fleet.ups.length === 2 ? decide(fleet.world(), rules, "pause") : undefined);
        await release(fleet, [{ ...canary, maxFailed: 1 }, ring({ percent: 100, maxFailed: 1 })]);
        fleet.onWait = () => undefined;
        Object.assign(fleet.clusters.a ?? {}, { breaksAt: "new" });
        Object.assign(fleet.clusters.b ?? {}, { quarantined: true });
        const { state, why } = await onward(fleet, "resume");
        expect([state, why]).to.deep.equal(["paused", "ring 2 of 2: no cluster is left that could prove new"]);
    });

    it("waits for an Application that does not exist yet", async () => {
        const fleet = three();
        const world = fleet.world();
        const early = () => fleet.said.length < 2;
        const applications = async () => (early() ? [] : world.applications());
        fleet.world = () => ({ ...world, applications });
        expect((await release(fleet, two)).state).to.equal("done");
        expect(fleet.said[1]).to.equal("a: agent-a does not exist");
    });

    it("does not watch a cluster of a later ring that has the revision", async () => {
        const fleet = three();
        pinByHand(fleet, ["c"], "new");
        Object.assign(fleet.clusters.c ?? {}, { breaksAt: "new" });
        expect((await release(fleet, [canary, ring({ percent: 100, approve: true })])).state).to.equal("approval");
    });

    it("is the last one where no ring after it has a cluster", async () => {
        const fleet = new FakeFleet({ a: { labels }, b: { dead: true } });
        const { state, skipped, rings } = await release(fleet, [canary, ring({ percent: 90 }), ring({ percent: 100 })]);
        expect(rings.map(({ clusters }) => clusters)).to.deep.equal([["a"], ["b"], []]);
        expect([state, Object.keys(skipped)]).to.deep.equal(["done", ["b"]]);
    });

    it("pauses where its only cluster has died", async () => {
        const fleet = three();
        fleet.onWait = () => void Object.assign(fleet.clusters.a ?? {}, { dead: true });
        const { state, why } = await release(fleet, two);
        const unproved = "ring 1 of 2: no cluster is left that could prove new\n  a: it does not answer";
        expect([state, why]).to.deep.equal(["paused", unproved]);
    });
});

describe("the gates of a ring", () => {
    const passing = [ring({ percent: 100, soak: "1m" })];

    it("are asked about the clusters that it watches, by their names in Argo CD, sorted", async () => {
        const fleet = new FakeFleet({ z: { labels }, b: {}, a: {}, c: { dead: true } });
        const asked = prometheus(fleet, () => 0);
        expect((await release(fleet, two, rulesOf({ gates: [gate("$clusters")] }))).state).to.equal("done");
        expect([...new Set(asked)]).to.deep.equal(["z", "a|b|z"]);
    });

    it("are waited for beyond the soak time and the time limit, as long as they need", async () => {
        const fleet = three();
        prometheus(fleet, () => 0);
        const began = fleet.clock;
        const rules = rulesOf({ gates: [gate("slow", "40m"), gate("fast")] });
        expect((await release(fleet, passing, rules)).state).to.equal("done");
        expect(fleet.clock - began).to.be.within(40 * minute, 42 * minute + 10_000);
        const soaking = ["a", "b", "c"].map((name) => `${name}: 60 s of the soak time remain`).join("\n");
        expect(fleet.said.slice(2, 4)).to.deep.equal([soaking, "the gate slow < 0.01 is observed for less than 40m"]);
    });

    it("are not named where its clusters fail", async () => {
        const fleet = three();
        prometheus(fleet, () => 0.5);
        fleet.onWait = () => void Object.assign(fleet.clusters.b ?? {}, { breaksAt: "new" });
        const { why } = await release(fleet, [ring({ percent: 100, soak: "2h" })], rulesOf({ gates: [gate("bad", "20s")] }));
        expect(why).to.equal(
            "ring 1 of 1 failed: 1 of its clusters failed, and 0 may fail:\n  b: agent-b: Synced, Degraded at new",
        );
    });

    it("fail it together, each on its line, while it soaks", async () => {
        const fleet = three();
        prometheus(fleet, (query) => (query === "good" ? 0 : 0.5));
        const gates = ["bad", "good", "worse"].map((query) => gate(query));
        const { state, why } = await release(fleet, [ring({ percent: 100, soak: "2h" })], rulesOf({ gates }));
        expect([state, why]).to.deep.equal([
            "back",
            "ring 1 of 1 failed: the gate bad < 0.01: is 0.5\nthe gate worse < 0.01: is 0.5",
        ]);
    });

    it("fail it at the time limit with what they lack, each on its line", async () => {
        const fleet = three();
        fleet.askSeries = (query) => Promise.reject(new Error(`no answer about ${query}`));
        const began = fleet.clock;
        const gates = [gate("one"), gate("two")];
        const { state, why } = await release(fleet, passing, rulesOf({ gates, timeout: "10m" }));
        expect([state, why]).to.deep.equal([
            "back",
            "ring 1 of 1 failed: the gate one < 0.01: no answer about one\nthe gate two < 0.01: no answer about two",
        ]);
        expect(fleet.clock - began).to.be.within(11 * minute, 12 * minute);
        const lines = ["the gate one < 0.01: no answer about one", "the gate two < 0.01: no answer about two"];
        expect(fleet.said).to.include(lines.join("\n"));
    });

    it("leave out a cluster that is not in the settings any more", async () => {
        const fleet = three();
        const asked = prometheus(fleet, () => 0);
        const rings = [canary, ring({ percent: 100, approve: true })];
        const rules = rulesOf({ gates: [gate("$clusters")] });
        expect((await release(fleet, rings, rules)).state).to.equal("approval");
        delete fleet.clusters.a;
        expect((await onward(fleet, "approve", { ...rules, runner: "two" })).state).to.equal("done");
        expect([...new Set(asked)]).to.deep.equal(["a", "b|c"]);
    });

    it("are asked about what had the revision before, too", async () => {
        const fleet = three();
        pinByHand(fleet, ["a", "b"], "new");
        const asked = prometheus(fleet, () => 0);
        expect((await release(fleet, passing, rulesOf({ gates: [gate("$clusters")] }))).state).to.equal("done");
        expect([...new Set(asked)]).to.deep.equal(["a|b|c"]);
    });
});
