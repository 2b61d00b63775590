import { expect } from "chai";
import { decide } from "../../scripts/promote/rings/commands";
import { FakeFleet, rulesOf } from "./support/release";
import { canary, onward, pinByHand, release, ring, three, two } from "./support/rings";

const labels = { canary: "true" };
const late = "it gets the revision with the next ring, release or `pulumi up` after it answers";
const command = "npm run promote -- --to prod";

describe("what a release in rings says", () => {
    it("is each step, and what it waits for whenever that is another thing", async () => {
        const fleet = three();
        await release(fleet, two);
        expect(fleet.said).to.deep.equal([
            "ring 1 of 2: 1 clusters get new: a",
            "a: agent-a: OutOfSync, Healthy at before",
            "a: 600 s of the soak time remain",
            "ring 1 of 2 is done",
            "ring 2 of 2: 2 clusters get new: b, c",
            "b: agent-b: OutOfSync, Healthy at before\nc: agent-c: OutOfSync, Healthy at before",
            "b: 600 s of the soak time remain\nc: 600 s of the soak time remain",
            "ring 2 of 2 is done",
            "The release of new is done: 3 of 3 clusters have it",
        ]);
    });

    it("is which clusters of a ring had the revision before", async () => {
        const fleet = new FakeFleet({ a: { labels }, b: { labels }, c: {}, d: {} });
        pinByHand(fleet, ["b", "c", "d"], "new");
        await release(fleet, two);
        const rings = fleet.said.filter((line) => /^ring \d of \d: /.test(line));
        expect(rings).to.deep.equal([
            "ring 1 of 2: 1 clusters get new: a; 1 have new already: b",
            "ring 2 of 2: 2 have new already: c, d",
        ]);
    });

    it("is which clusters it skips, and why, also at its end", async () => {
        const fleet = new FakeFleet({
            ...{ a: { labels }, b: { dead: true }, c: { quarantined: true }, d: { runs: false } },
            ...{ e: { unregistered: true }, f: {} },
        });
        const { state, skipped, moved } = await release(fleet, two);
        const why = {
            b: `it does not answer: ${late}`,
            c: "is in quarantine: it gets the revision when that is lifted",
            d: 'does not run the application (deploy: "false")',
            e: "is not registered on the hub yet: `pulumi up` does that, with the revision",
        };
        expect([state, skipped, moved]).to.deep.equal(["done", why, ["a", "c", "d", "f"]]);
        const lines = Object.entries(why).map(([name, reason]) => `  ${name}: ${reason}`);
        expect(fleet.said).to.include(`ring 2 of 2 skips:\n${lines.join("\n")}`);
        expect(fleet.said.slice(-5)).to.deep.equal([
            "The release of new is done: 4 of 6 clusters have it",
            ...lines.map((line) => line.replace(/^ {2}/, "  skipped ")),
        ]);
        expect(fleet.said.filter((line) => line.includes(" skips:"))).to.have.length(1);
    });

    it("is which clusters have failed within the limit", async () => {
        const fleet = three();
        Object.assign(fleet.clusters.b ?? {}, { breaksAt: "new" });
        const { failed } = await release(fleet, [canary, ring({ percent: 100, maxFailed: 1 })]);
        expect(failed).to.deep.equal({ b: "b: agent-b: Synced, Degraded at new" });
        expect(fleet.said.slice(-2)).to.deep.equal([
            "The release of new is done: 3 of 3 clusters have it",
            "  failed b: agent-b: Synced, Degraded at new",
        ]);
    });

    it("is how it fails and goes back", async () => {
        const fleet = three();
        Object.assign(fleet.clusters.b ?? {}, { breaksAt: "new" });
        Object.assign(fleet.clusters.c ?? {}, { breaksAt: "new" });
        const { why, failure } = await release(fleet, two);
        const failed =
            "ring 2 of 2 failed: 2 of its clusters failed, and 0 may fail:\n" +
            "  b: agent-b: Synced, Degraded at new\n  c: agent-c: Synced, Degraded at new";
        expect([why, failure]).to.deep.equal([failed, true]);
        expect(fleet.said.slice(-4)).to.deep.equal([
            failed,
            "going back from new on 3 clusters: a, b, c",
            "The release of new was taken back: its clusters have the revisions that they had",
            failed,
        ]);
    });

    it("is what a person may do next", async () => {
        const fleet = three();
        const pause = () => decide(fleet.world(), rulesOf({ runner: "a person" }), "pause");
        fleet.onWait = () => (fleet.ups.length === 1 ? pause() : undefined);
        await release(fleet, two);
        expect(fleet.said.slice(-2)).to.deep.equal([
            "The release of new is paused in ring 1 of 2: 1 of 3 clusters have it. " +
                `To go on: ${command} --resume. To take it back: ${command} --back`,
            "a person paused it",
        ]);
        fleet.onWait = () => undefined;
        const { why } = await onward(fleet, "resume");
        expect([why, fleet.said.at(-1)]).to.deep.equal([undefined, "The release of new is done: 3 of 3 clusters have it"]);
        const back = await onward(fleet, "back");
        expect([back.state, back.why]).to.deep.equal(["back", "a person took it back"]);
    });
});
