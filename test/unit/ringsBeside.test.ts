import { expect } from "chai";
import type { Release } from "../../clusters/releases";
import { begin, decide, takeOver } from "../../scripts/promote/rings/commands";
import { drive } from "../../scripts/promote/rings/drive";
import { failure } from "./support/failure";
import { type FakeFleet, rulesOf } from "./support/release";
import { again, canary, expectAllOld, onward, pinByHand, release, ring, three, two } from "./support/rings";

describe("a release in rings, beside people and other processes", () => {
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

    it("does not go on where a cluster of its present ring went back by hand", async () => {
        const fleet = three();
        fleet.onWait = () => decide(fleet.world(), rulesOf({ runner: "a person" }), "pause");
        await release(fleet, two);
        pinByHand(fleet, ["a"], "old");
        expect(await failure(onward(fleet, "resume"))).to.match(/^a got another revision after the release of new had begun/);
    });

    it("changes no record that another process has taken over since it looked, nor one that is gone", async () => {
        const fleet = three();
        await begin(fleet.world(), rulesOf(), "new", two);
        const taken = { ...fleet.world(), say: () => void (fleet.record = { ...(fleet.record as Release), runner: "two" }) };
        expect(await failure(drive(taken, rulesOf()))).to.match(/another run of this command has taken over/);
        expect(fleet.record).to.include({ runner: "two", begun: false });
        const gone = { ...fleet.world(), say: () => void (fleet.record = undefined) };
        expect(await failure(drive(gone, rulesOf({ runner: "two" })))).to.equal(
            "the hub's record of the release is gone. Begin the release again",
        );
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
});
