import { expect } from "chai";
import { isUnderWay } from "../../clusters/releases";
import { begin, decide, takeOver } from "../../scripts/promote/rings/commands";
import { drive } from "../../scripts/promote/rings/drive";
import type { Rules } from "../../scripts/promote/rings/world";
import type { RingSettings } from "../../settings/rings";
import { failure } from "./support/failure";
import { FakeFleet, rulesOf } from "./support/release";

type RingRule = RingSettings["rings"][number];

function ring(more: Partial<RingRule>): RingRule {
    return { soak: "10m", approve: false, maxFailed: 0, ...more };
}

const canary = ring({ clusters: { labels: { canary: "true" } } });
const rings = [canary, ring({ percent: 10 }), ring({ percent: 100 })];

/** A hundred clusters, two of them canaries. */
function hundred(): FakeFleet {
    const names = Array.from({ length: 100 }, (_, index) => `c${String(index).padStart(2, "0")}`);
    const labels = (name: string) => (name < "c02" ? { canary: "true" } : { canary: "false" });
    return new FakeFleet(Object.fromEntries(names.map((name) => [name, { labels: labels(name) }])));
}

async function release(fleet: FakeFleet, all: readonly RingRule[] = rings, rules: Rules = rulesOf()) {
    const world = fleet.world();
    await begin(world, rules, "new", [...all]);
    return drive(world, rules);
}

/** Continues in another process. */
async function onward(fleet: FakeFleet, action?: Parameters<typeof decide>[2], rules = rulesOf({ runner: "two" })) {
    const world = fleet.world();
    await (action === undefined ? takeOver(world, rules) : decide(world, rules, action));
    return drive(world, rules);
}

/** The same command again on another machine, or the way back. */
async function again(fleet: FakeFleet, action?: "back"): Promise<string | undefined> {
    if (action === undefined && !isUnderWay(fleet.record)) {
        expect(await begin(fleet.world(), rulesOf(), "new", rings)).to.equal(false);
        return "done";
    }
    return (await onward(fleet, action)).state;
}

function expectAllOld(fleet: FakeFleet): void {
    expect(fleet.with("new")).to.deep.equal([]);
    expect(fleet.with("old")).to.have.length(Object.keys(fleet.clusters).length);
    expect(new Set(Object.values(fleet.file).map(({ revision }) => revision))).to.deep.equal(new Set(["old"]));
}

describe("a release in rings to 100 clusters", () => {
    it("goes to the canaries, to a tenth, and to all, each after the soak time", async () => {
        const fleet = hundred();
        const began = fleet.clock;
        const { state } = await release(fleet);
        expect(state).to.equal("done");
        expect(fleet.ups.map((up) => up.length)).to.deep.equal([2, 8, 90]);
        expect(fleet.ups[0]).to.deep.equal(["c00", "c01"]);
        expect(fleet.with("new")).to.have.length(100);
        expect(fleet.clock - began).to.be.at.least(3 * 620_000).and.below(3 * 640_000);
    });

    it("goes back everywhere if one cluster more than the limit is broken, and says which", async () => {
        const fleet = hundred();
        const third = fleet.clusters;
        const { state: first } = await release(fleet);
        expect(first).to.equal("done");
        const [late = ""] = fleet.ups[2] ?? [];
        const again = hundred();
        again.clusters[late] = { ...third[late], breaksAt: "new" };
        const { state, why } = await release(again);
        expect(state).to.equal("back");
        const failed = "^ring 3 of 3 failed: 1 of its clusters failed, and 0 may fail:\n {2}";
        expect(why).to.match(new RegExp(`${failed}${late}: .*Degraded`));
        expectAllOld(again);
        expect(again.ups.map((up) => up.length)).to.deep.equal([2, 8, 90, 100]);
    });

    it("goes on if no more than the limit is broken and one is dead, which is reported", async () => {
        const fleet = hundred();
        const last = ring({ percent: 100, maxFailed: "2%" });
        Object.assign(fleet.clusters.c50 ?? {}, { breaksAt: "new" });
        Object.assign(fleet.clusters.c51 ?? {}, { dead: true });
        const { state, failed, skipped } = await release(fleet, [canary, last]);
        expect(state).to.equal("done");
        expect(failed).to.have.all.keys("c50");
        expect(skipped).to.have.all.keys("c51");
        expect(fleet.with("old")).to.deep.equal(["c51"]);
        expect(fleet.file.c51).to.deep.equal({ revision: "new" });
        expect(fleet.said.join("\n")).to.match(/skipped c51: it does not answer/).and.match(/failed c50: .*Degraded/);
    });

    it("stops with one broken and one dead where none may fail; the file has the old pin of both", async () => {
        const fleet = hundred();
        Object.assign(fleet.clusters.c50 ?? {}, { breaksAt: "new" });
        Object.assign(fleet.clusters.c51 ?? {}, { dead: true });
        const { state } = await release(fleet);
        expect(state).to.equal("back");
        expectAllOld(fleet);
    });

    it("takes a dead cluster along with the next ring after it answers", async () => {
        const fleet = hundred();
        Object.assign(fleet.clusters.c00 ?? {}, { dead: true });
        fleet.onWait = () => void Object.assign(fleet.clusters.c00 ?? {}, { dead: false });
        const { state, skipped } = await release(fleet);
        expect(state).to.equal("done");
        expect(skipped).to.deep.equal({});
        expect(fleet.ups[0]).to.deep.equal(["c01"]);
        expect(fleet.ups[1]).to.include("c00");
    });

    it("moves a cluster that was dead with the next release of the same revision, and no other", async () => {
        const fleet = hundred();
        Object.assign(fleet.clusters.c51 ?? {}, { dead: true });
        await release(fleet);
        Object.assign(fleet.clusters.c51 ?? {}, { dead: false });
        const { state } = await release(fleet);
        expect(state).to.equal("done");
        expect(fleet.ups.at(-1)).to.deep.equal(["c51"]);
    });

    it("counts a cluster that dies in its ring as dead, and not as failed", async () => {
        const fleet = hundred();
        fleet.onWait = () => void (fleet.ups.length === 3 && Object.assign(fleet.clusters.c60 ?? {}, { dead: true }));
        const { state, skipped } = await release(fleet);
        expect(state).to.equal("done");
        expect(skipped).to.have.all.keys("c60");
    });

    it("puts back the pin of a cluster that died after it had moved", async () => {
        const fleet = hundred();
        Object.assign(fleet.clusters.c70 ?? {}, { hangsAt: "new" });
        fleet.onWait = () => void (fleet.ups.length === 3 && Object.assign(fleet.clusters.c60 ?? {}, { dead: true }));
        const { state, why } = await release(fleet);
        expect(state).to.equal("back");
        expect(why).to.match(/c70: .*Progressing/).and.not.include("c60");
        expectAllOld(fleet);
    });
});

describe("a release in rings", () => {
    const three = () => new FakeFleet({ a: { labels: { canary: "true" } }, b: {}, c: {} });
    const two = [canary, ring({ percent: 100 })];

    /** Pins clusters by hand, everywhere. */
    function pinByHand(fleet: FakeFleet, names: readonly string[], revision: string): void {
        names.forEach((name) => (fleet.hub[name] = fleet.file[name] = { revision }));
    }

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

    it("stops where a person pauses it, and goes on or back from there", async () => {
        for (const [action, state] of [["resume", "done"], ["back", "back"]] as const) {
            const fleet = three();
            fleet.onWait = () => fleet.record?.state === "running" && fleet.ups.length === 1
                ? decide(fleet.world(), rulesOf({ runner: "a person" }), "pause") : undefined;
            expect((await release(fleet, two)).state).to.equal("paused");
            expect(fleet.with("new")).to.deep.equal(["a"]);
            expect(await failure(onward(fleet))).to.match(/not possible now.*is paused.*--resume.*--back/);
            fleet.onWait = () => undefined;
            expect((await onward(fleet, action)).state).to.equal(state);
            expect(fleet.with("new")).to.have.length(action === "resume" ? 3 : 0);
        }
    });

    it("goes on after an interruption at any of its steps, or back, with nothing left out", async () => {
        for (const action of [undefined, "back"] as const) {
            for (let step = 1; ; step += 1) {
                const fleet = three();
                const world = fleet.world();
                let left = step;
                const tick = () => {
                    left -= 1;
                    if (left === 0) {
                        throw new Error("killed");
                    }
                };
                const killed = {
                    ...world,
                    change: (next: Parameters<typeof world.change>[0]) => world.change(next).finally(tick),
                    move: (...asked: Parameters<typeof world.move>) => world.move(...asked).finally(tick),
                };
                await begin(world, rulesOf(), "new", two);
                const error = await drive(killed, rulesOf()).then(() => undefined, (reason: Error) => reason);
                if (error === undefined) {
                    expect(step).to.be.greaterThan(8);
                    break;
                }
                // Another machine has not the first one's stack file.
                Object.keys(fleet.file).forEach((name) => (fleet.file[name] = { revision: "old" }));
                const state = await again(fleet, action);
                expect(state, `step ${step}`).to.equal(action ?? "done");
                const wanted = action === "back" ? "old" : "new";
                expect(fleet.with(wanted), `step ${step}`).to.deep.equal(["a", "b", "c"]);
                expect(Object.values(fleet.file), `step ${step}`).to.deep.equal(Array(3).fill({ revision: wanted }));
            }
        }
    });

    it("leaves nothing out if a person pauses it at any of its steps", async () => {
        for (let step = 1; ; step += 1) {
            const fleet = three();
            const world = fleet.world();
            let left = step;
            const pausing = {
                ...world,
                change: async (next: Parameters<typeof world.change>[0]) => {
                    left -= 1;
                    if (left === 0) {
                        await decide(fleet.world(), rulesOf({ runner: "a person" }), "pause");
                    }
                    return world.change(next);
                },
            };
            await begin(world, rulesOf(), "new", two);
            const { state } = await drive(pausing, rulesOf());
            if (left > 0) {
                expect(step).to.be.greaterThan(6);
                break;
            }
            expect(state, `step ${step}`).to.equal("paused");
            const isBack = step % 2 === 0;
            expect((await onward(fleet, isBack ? "back" : "resume")).state).to.equal(isBack ? "back" : "done");
            expect(fleet.with(isBack ? "old" : "new"), `step ${step}`).to.have.length(3);
        }
    });

    /** Calls something after the preview of the second ring. */
    function beforeSecondRing(fleet: FakeFleet, work: () => Promise<void>): void {
        fleet.onPreview = () => {
            if (fleet.ups.length === 1) {
                fleet.onPreview = () => undefined;
                return work();
            }
        };
    }

    it("moves no pin if a person has paused it during the previews", async () => {
        const fleet = three();
        beforeSecondRing(fleet, () => decide(fleet.world(), rulesOf({ runner: "a person" }), "pause"));
        expect((await release(fleet, two)).state).to.equal("paused");
        expect(fleet.with("new")).to.deep.equal(["a"]);
        expect((await onward(fleet, "resume")).state).to.equal("done");
    });

    it("moves no pin if it was taken back elsewhere during the previews", async () => {
        const fleet = three();
        beforeSecondRing(fleet, async () => void expect((await onward(fleet, "back")).state).to.equal("back"));
        expect(await failure(release(fleet, two))).to.match(/another run of this command has taken over/);
        expect(fleet.record?.state).to.equal("back");
        expectAllOld(fleet);
    });

    it("brings up no further shard after a person has paused it", async () => {
        const fleet = three();
        fleet.onUp = (name) => name === "b" ? decide(fleet.world(), rulesOf({ runner: "a person" }), "pause") : undefined;
        expect((await release(fleet, two)).state).to.equal("paused");
        expect(fleet.with("old")).to.deep.equal(["c"]);
        fleet.onUp = () => undefined;
        expect((await onward(fleet, "resume")).state).to.equal("done");
        expect(fleet.with("new")).to.deep.equal(["a", "b", "c"]);
    });

    it("goes back again where another process brings its revision up after the way back", async () => {
        const fleet = three();
        Object.assign(fleet.clusters.c ?? {}, { breaksAt: "new" });
        let isLate = true;
        fleet.onWait = () => {
            if (isLate && fleet.ups.length === 3) {
                isLate = false;
                fleet.hub.b = { revision: "new" };
            }
        };
        expect((await release(fleet, two)).state).to.equal("back");
        expect(isLate).to.equal(false);
        expectAllOld(fleet);
        expect(fleet.said.join("\n")).to.match(/b got new after that, by a process that had begun with it before/);
    });

    it("has the record of promotions refuse its revision after a way back, on clusters too that had not got it", async () => {
        const fleet = three();
        fleet.errors.push(new Error("the network failed"));
        expect(await failure(release(fleet, two))).to.equal("the network failed");
        expect((await onward(fleet, "back")).state).to.equal("back");
        expect(fleet.replaced).to.deep.equal(["a: new"]);
    });

    it("ends in a process whose release another one has taken over", async () => {
        const fleet = three();
        fleet.onWait = () => (fleet.ups.length === 1 ? takeOver(fleet.world(), rulesOf({ runner: "two" })) : undefined);
        expect(await failure(release(fleet, two))).to.match(/another run of this command has taken over/);
        fleet.onWait = () => undefined;
        expect((await onward(fleet)).state).to.equal("done");
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

    it("can be taken back after its end, unless another revision came after it", async () => {
        const fleet = three();
        await release(fleet, two);
        fleet.hub.b = { revision: "newer" };
        expect(await failure(onward(fleet, "back"))).to.match(/^b got another revision after the release of new/);
        fleet.hub.b = { revision: "new" };
        expect((await onward(fleet, "back")).state).to.equal("back");
        expectAllOld(fleet);
    });

    it("goes over no revision that a cluster got meanwhile, and leaves it as it is on the way back", async () => {
        const fleet = three();
        await release(fleet, [canary, ring({ percent: 100, approve: true })]);
        for (const names of [["a"], ["b"], ["a", "b", "c"]]) {
            pinByHand(fleet, ["a"], "new");
            pinByHand(fleet, ["b", "c"], "old");
            pinByHand(fleet, names, "hotfix");
            const error = `${names.join(", ")} got another revision after the release of new had begun`;
            const remedy = ". To end the release, which leaves that as it is: npm run promote -- --to prod --back";
            expect(await failure(onward(fleet, "approve"))).to.equal(error + remedy);
            expect((await onward(fleet)).state).to.equal("approval");
            expect(fleet.with("hotfix")).to.deep.equal(names);
        }
        const { state, why } = await onward(fleet, "back");
        expect(state).to.equal("back");
        expect(why).to.match(/^a keeps hotfix, which it got after the release had begun$/m);
        expect([fleet.with("hotfix"), fleet.file]).to.deep.equal([["a", "b", "c"], fleet.hub]);
    });

    it("pauses if a cluster got another revision while it soaks, or during the previews", async () => {
        for (const when of ["soak", "preview"]) {
            const fleet = three();
            const pin = () => Promise.resolve(pinByHand(fleet, ["b"], "hotfix"));
            if (when === "preview") {
                beforeSecondRing(fleet, pin);
            } else {
                fleet.onWait = () => (fleet.ups.length === 1 ? pin() : undefined);
            }
            const { state, why, failure: isFailure } = await release(fleet, two);
            expect([state, isFailure]).to.deep.equal(["paused", true]);
            expect(why).to.match(/^ring 2 of 2: b got another revision after the release of new had begun/);
            expect(fleet.hub).to.deep.equal({ a: { revision: "new" }, b: { revision: "hotfix" }, c: { revision: "old" } });
            expect(fleet.file.b).to.deep.equal({ revision: "hotfix" });
            expect(await failure(onward(fleet, "resume"))).to.include("b got another revision");
            fleet.onWait = () => undefined;
            expect((await onward(fleet, "back")).state).to.equal("back");
            expect(fleet.hub.b).to.deep.equal({ revision: "hotfix" });
            expect(fleet.hub.a).to.deep.equal({ revision: "old" });
        }
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

    it("has gates that send it back, also while it soaks", async () => {
        const fleet = three();
        const began = fleet.clock;
        fleet.askSeries = (_, from, to, step) => {
            const times = Array.from({ length: (to - from) / step + 1 }, (__, index) => from + index * step);
            return Promise.resolve([new Map(times.map((time) => [time, 0.2]))]);
        };
        const gates = [{ query: "errors", threshold: "< 0.01", for: "1m" }];
        const { state, why } = await release(fleet, [ring({ percent: 100, soak: "2h" })], rulesOf({ gates }));
        expect(state).to.equal("back");
        expect(why).to.equal("ring 1 of 1 failed: the gate errors < 0.01: is 0.2");
        expect(fleet.clock - began).to.be.below(200_000);
        expectAllOld(fleet);
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

    it("goes on when a cluster of a ring that has died answers again", async () => {
        const fleet = lastRingDies();
        await release(fleet, two);
        fleet.onWait = () => undefined;
        Object.assign(fleet.clusters.b ?? {}, { dead: false });
        const { state, skipped } = await onward(fleet, "resume");
        expect([state, Object.keys(skipped)]).to.deep.equal(["done", ["c"]]);
    });

    it("has gates that are asked too where no cluster of the last ring proves anything", async () => {
        const gates = [{ query: "errors", threshold: "< 0.01", for: "1m" }];
        for (const value of [0, 0.2]) {
            const fleet = three();
            Object.assign(fleet.clusters.b ?? {}, { dead: true });
            Object.assign(fleet.clusters.c ?? {}, { dead: true });
            fleet.askSeries = (_, from, to, step) => {
                const times = Array.from({ length: (to - from) / step + 1 }, (__, index) => from + index * step);
                const isLast = fleet.record?.ring === 1;
                return Promise.resolve([new Map(times.map((time) => [time, isLast ? value : 0]))]);
            };
            const { state, why } = await release(fleet, two, rulesOf({ gates }));
            expect(state).to.equal(value === 0 ? "done" : "back");
            expect(why ?? "").to.include(value === 0 ? "" : "ring 2 of 2 failed: the gate errors < 0.01: is 0.2");
        }
    });

    it("does not pass a gate that is never answered", async () => {
        const fleet = three();
        fleet.askSeries = () => Promise.reject(new Error("https://prometheus answers 401"));
        const gates = [{ query: "errors", threshold: "< 0.01", for: "1m" }];
        const { state, why } = await release(fleet, [ring({ percent: 100, soak: "1m" })], rulesOf({ gates }));
        expect(state).to.equal("back");
        expect(why).to.include("https://prometheus answers 401");
    });
});
