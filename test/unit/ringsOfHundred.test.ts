import { expect } from "chai";
import { FakeFleet } from "./support/release";
import { canary, expectAllOld, release, ring } from "./support/rings";

/** A hundred clusters, two of them canaries. */
function hundred(): FakeFleet {
    const names = Array.from({ length: 100 }, (_, index) => `c${String(index).padStart(2, "0")}`);
    const labels = (name: string) => (name < "c02" ? { canary: "true" } : { canary: "false" });
    return new FakeFleet(Object.fromEntries(names.map((name) => [name, { labels: labels(name) }])));
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
