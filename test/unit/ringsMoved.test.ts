import { expect } from "chai";
import { begin, decide } from "../../scripts/promote/rings/commands";
import { drive } from "../../scripts/promote/rings/drive";
import { failure } from "./support/failure";
import { FakeFleet, rulesOf } from "./support/release";
import { canary, onward, pinByHand, release, ring, three, two } from "./support/rings";

const labels = { canary: "true" };
const late = "it gets the revision with the next ring, release or `pulumi up` after it answers";

describe("the move of a ring", () => {
    it("leaves out what is not on the hub or not in the settings any more, and what has died", async () => {
        const fleet = new FakeFleet({ a: { labels }, b: {}, c: {}, d: {}, e: {} });
        expect((await release(fleet, [canary, ring({ percent: 100, approve: true })])).state).to.equal("approval");
        delete fleet.clusters.b;
        delete fleet.hub.c;
        Object.assign(fleet.clusters.d ?? {}, { dead: true });
        const { state, skipped, moved } = await onward(fleet, "approve");
        expect([state, moved, fleet.ups]).to.deep.equal(["done", ["a", "e"], [["a"], ["e"]]]);
        expect(skipped).to.deep.equal({
            b: "is not in the settings any more",
            c: "is not registered on the hub yet: `pulumi up` does that, with the revision",
            d: `it does not answer: ${late}`,
        });
    });

    it("pauses where no cluster of it could prove the revision, with the reason of each", async () => {
        const fleet = new FakeFleet({
            ...{ a: { labels, dead: true }, b: { labels, unregistered: true } },
            ...{ c: { labels, quarantined: true }, d: {} },
        });
        const { state, why, failure: isFailure, ring: at } = await release(fleet, two);
        expect([state, isFailure, at]).to.deep.equal(["paused", true, 0]);
        expect(why).to.equal(
            "ring 1 of 2: no cluster of it could prove new:\n" +
                `  a: it does not answer: ${late}\n` +
                "  b: is not registered on the hub yet: `pulumi up` does that, with the revision\n" +
                "  c: is in quarantine: it gets the revision when that is lifted",
        );
        expect(fleet.said.join("\n")).not.to.include("skips");
        expect(fleet.ups).to.deep.equal([]);
    });

    it("pauses in a ring that is not the last one, whatever clusters before have proved", async () => {
        const fleet = three();
        const rings = [canary, ring({ percent: 66 }), ring({ percent: 100 })];
        fleet.onWait = () => {
            const next = fleet.record?.rings[1]?.clusters[0] ?? "";
            Object.assign(fleet.clusters[next] ?? {}, { dead: true });
        };
        const { state, why } = await release(fleet, rings);
        expect(state).to.equal("paused");
        expect(why).to.match(/^ring 2 of 3: no cluster of it could prove new:\n {2}[bc]: it does not answer: /);
    });

    it("moves what a ring before has skipped and answers again, and records it as its own", async () => {
        const fleet = new FakeFleet({
            ...{ a: { labels }, b: { labels, dead: true }, c: {}, d: { labels, quarantined: true } },
        });
        fleet.onUp = () => void Object.assign(fleet.clusters.b ?? {}, { dead: false });
        const { state, rings, skipped, moved } = await release(fleet, two);
        expect(state).to.equal("done");
        expect(rings.map(({ clusters }) => clusters)).to.deep.equal([["a", "d"], ["c", "b"]]);
        expect(skipped).to.deep.equal({ d: "is in quarantine: it gets the revision when that is lifted" });
        expect(moved).to.deep.equal(["a", "d", "c", "b"]);
    });

    it("pauses where a cluster that it watches got another revision, and names no other", async () => {
        const fleet = three();
        const rings = [canary, ring({ percent: 66 }), ring({ percent: 100 })];
        fleet.onPreview = (on) => (on.includes("a") ? undefined : pinByHand(fleet, ["a", "b", "c"], "hotfix"));
        const { state, why, failure: isFailure, rings: recorded } = await release(fleet, rings);
        const names = ["a", ...(recorded[1]?.clusters ?? [])];
        expect([state, isFailure]).to.deep.equal(["paused", true]);
        expect(why).to.equal(
            `ring 2 of 3: ${names.join(", ")} got another revision after the release of new had begun. To end the release, ` +
                "which leaves that as it is: npm run promote -- --to prod --back",
        );
    });

    it("is tried again beside what has died meanwhile, three times", async () => {
        const names = ["b", "c", "d", "e"];
        const fleet = new FakeFleet({ a: { labels }, ...Object.fromEntries(names.map((name) => [name, {}])) });
        await begin(fleet.world(), rulesOf(), "new", two);
        const tried: (readonly string[])[] = [];
        const world = fleet.world();
        const move: typeof world.move = ({ dead }) => {
            tried.push(dead);
            Object.assign(fleet.clusters[names[tried.length - 1] ?? ""] ?? {}, { dead: true });
            return Promise.reject(new Error(`preview ${tried.length} failed`));
        };
        expect(await failure(drive({ ...world, move }, rulesOf()))).to.equal("preview 3 failed");
        expect(tried).to.deep.equal([[], ["b"], ["b", "c"]]);
        tried.length = 0;
        names.forEach((name) => Object.assign(fleet.clusters[name] ?? {}, { dead: true }));
        expect(await failure(drive({ ...world, move }, rulesOf()))).to.equal("preview 1 failed");
    });

    it("is that of the hub's record: one that is changed by hand to a ring that it has not is an error", async () => {
        const fleet = three();
        await begin(fleet.world(), rulesOf(), "new", two);
        fleet.record = { ...(fleet.record as NonNullable<typeof fleet.record>), ring: 7 };
        expect(await failure(drive(fleet.world(), rulesOf()))).to.equal("the release has no ring 8");
    });

    it("goes on after a pause in which nothing moved", async () => {
        const fleet = three();
        fleet.onPreview = () => decide(fleet.world(), rulesOf({ runner: "a person" }), "pause");
        const { state, moved, movedAt } = await release(fleet, two);
        expect([state, moved, movedAt, fleet.ups]).to.deep.equal(["paused", ["a"], undefined, []]);
        fleet.onPreview = () => undefined;
        expect((await onward(fleet, "resume")).state).to.equal("done");
    });
});
