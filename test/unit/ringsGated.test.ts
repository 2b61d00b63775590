import { expect } from "chai";
import { rulesOf } from "./support/release";
import { expectAllOld, release, ring, three, two } from "./support/rings";

describe("a release in rings with gates", () => {
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
