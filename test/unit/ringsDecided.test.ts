import { expect } from "chai";
import type { Release } from "../../clusters/releases";
import { begin, decide, takeOver } from "../../scripts/promote/rings/commands";
import { drive } from "../../scripts/promote/rings/drive";
import { failure } from "./support/failure";
import { FakeFleet, rulesOf } from "./support/release";
import { canary, onward, pinByHand, release, ring, three, two } from "./support/rings";

const command = "npm run promote -- --to prod";
const person = rulesOf({ runner: "a person" });

describe("the begin of a release in rings", () => {
    it("names the clusters that do not answer, where none does that lacks the revision", async () => {
        const fleet = new FakeFleet({ a: { dead: true }, b: { dead: true }, c: {} });
        pinByHand(fleet, ["c"], "new");
        expect(await failure(release(fleet, two))).to.equal(
            "none of the clusters that lack new answers, so nothing was changed:\n" +
                "  a: it does not answer\n  b: it does not answer",
        );
    });

    it("needs the end of the one before", async () => {
        const fleet = three();
        await release(fleet, [canary, ring({ percent: 100, approve: true })]);
        const before = fleet.record;
        expect(await failure(begin(fleet.world(), person, "newer", two))).to.equal(
            `ring 2 of 2 (2 clusters) needs an approval of new: ${command} --approve`,
        );
        expect(fleet.record).to.equal(before);
        const at = "in ring 2 of 2: 1 of 3 clusters have it";
        const goOn = `To go on: ${command} --resume`;
        fleet.record = { ...(before as unknown as Release), state: "running" };
        expect(await failure(begin(fleet.world(), person, "newer", two))).to.equal(
            `The release of new is ${at}. ${goOn}. To take it back: ${command} --back`,
        );
        fleet.record = { ...fleet.record, state: "going back", why: "broken" };
        expect(await failure(begin(fleet.world(), person, "newer", two))).to.equal(
            `The release of new is going back. ${goOn}\nbroken`,
        );
        fleet.record = before;
        await decide(fleet.world(), person, "pause");
        expect(await failure(begin(fleet.world(), person, "newer", two))).to.equal(
            `The release of new is paused ${at}. ${goOn}. To take it back: ${command} --back\na person paused it`,
        );
    });

    it("writes the pins that every cluster has into the stack file", async () => {
        const fleet = three();
        fleet.hub.a = fleet.hub.b = fleet.hub.c = { revision: "new" };
        expect(await begin(fleet.world(), rulesOf(), "new", two)).to.equal(false);
        const pin = { revision: "new" };
        expect([fleet.file, fleet.record]).to.deep.equal([{ a: pin, b: pin, c: pin }, undefined]);
    });

    it("records the pins of the hub, where the stack file has others", async () => {
        const fleet = three();
        fleet.file.a = { revision: "of the file" };
        expect(await begin(fleet.world(), rulesOf({ timeout: "1h" }), "new", two)).to.equal(true);
        const old = { revision: "old" };
        expect(fleet.record).to.deep.equal({
            ...{ revision: "new", at: "2026-01-01T12:00:00.000Z", runner: "one", state: "running", timeout: "1h" },
            rings: [
                { clusters: ["a"], has: [], soak: "10m", approve: false, maxFailed: 0 },
                { clusters: ["b", "c"], has: [], soak: "10m", approve: false, maxFailed: 0 },
            ],
            ...{ ring: 0, approved: false, begun: false },
            ...{ before: { a: old, b: old, c: old }, moved: [], skipped: {}, failed: {} },
        });
    });
});

describe("a decision about a release in rings", () => {
    const states = ["running", "approval", "paused", "going back", "done", "back"] as const;
    const accepted: [action: Parameters<typeof decide>[2] | undefined, in_: readonly Release["state"][]][] = [
        [undefined, ["running", "approval", "going back"]],
        ["pause", ["running", "approval"]],
        ["resume", ["running", "paused", "going back"]],
        ["approve", ["approval"]],
        ["back", ["running", "approval", "paused", "going back", "done"]],
    ];
    for (const [action, fits] of accepted) {
        for (const state of states) {
            const does = action ?? "to go on elsewhere";
            it(`${does} ${fits.includes(state) ? "fits" : "does not fit"} one that is ${state}`, async () => {
                const fleet = three();
                await begin(fleet.world(), rulesOf(), "new", two);
                fleet.record = { ...(fleet.record as Release), state };
                const before = fleet.record;
                const world = fleet.world();
                const done = action === undefined ? takeOver(world, person) : decide(world, person, action);
                const error = await done.then(() => "", (reason: Error) => reason.message);
                expect(error).to.match(fits.includes(state) ? /^$/ : /^this is not possible now\. \S/);
                expect(fleet.record === before).to.equal(!fits.includes(state));
            });
        }
    }

    it("to resume keeps why a release goes back, and forgets why it was paused", async () => {
        const fleet = three();
        await begin(fleet.world(), rulesOf(), "new", two);
        const began = fleet.record as unknown as Release;
        const stopped = { ...began, why: "broken", failure: true };
        fleet.record = { ...stopped, state: "going back" };
        await decide(fleet.world(), person, "resume");
        const resumedAt = "2026-01-01T12:00:00.000Z";
        expect(fleet.record).to.deep.equal({ ...stopped, state: "going back", runner: "a person", resumedAt });
        fleet.record = { ...stopped, state: "paused" };
        await decide(fleet.world(), person, "resume");
        expect(fleet.record).to.deep.equal({ ...began, runner: "a person", resumedAt });
    });

    it("goes on beside a cluster of a later ring that got another revision, until that ring", async () => {
        const fleet = three();
        const rings = [canary, ring({ percent: 66 }), ring({ percent: 100, approve: true })];
        fleet.onWait = () => (fleet.ups.length === 1 ? decide(fleet.world(), person, "pause") : undefined);
        await release(fleet, rings);
        fleet.onWait = () => undefined;
        const [last = ""] = fleet.record?.rings[2]?.clusters ?? [];
        pinByHand(fleet, [last], "hotfix");
        expect((await onward(fleet, "resume")).state).to.equal("approval");
        expect(await failure(onward(fleet, "approve"))).to.include(`${last} got another revision`);
    });

    it("goes on with a way back, whatever the clusters got meanwhile", async () => {
        const fleet = three();
        Object.assign(fleet.clusters.a ?? {}, { breaksAt: "new" });
        fleet.onWait = () => (fleet.record?.state === "going back" ? Promise.reject(new Error("killed")) : undefined);
        expect(await failure(release(fleet, two))).to.equal("killed");
        fleet.onWait = () => undefined;
        pinByHand(fleet, ["b"], "hotfix");
        pinByHand(fleet, ["a"], "hotfix");
        expect((await onward(fleet, "resume")).state).to.equal("back");
        expect(fleet.with("hotfix")).to.deep.equal(["a", "b"]);
    });

    it("to take one back that is done names every cluster that got another revision", async () => {
        const fleet = three();
        await release(fleet, two);
        pinByHand(fleet, ["a", "c"], "newer");
        expect(await failure(onward(fleet, "back"))).to.equal(
            "a, c got another revision after the release of new. Promote instead",
        );
        pinByHand(fleet, ["a"], "new");
        delete fleet.hub.c;
        expect((await onward(fleet, "back")).state).to.equal("back");
        expect(fleet.with("old")).to.deep.equal(["a", "b"]);
    });

    it("about a release whose record is gone is an error", async () => {
        const fleet = three();
        expect(await failure(decide(fleet.world(), person, "resume"))).to.equal(
            `there is no release. Begin one: ${command} --from STACK`,
        );
        expect(await failure(drive(fleet.world(), rulesOf()))).to.match(/^another run of this command has taken over/);
        fleet.onWait = () => void (fleet.record = undefined);
        expect(await failure(release(fleet, two))).to.match(/^another run of this command has taken over/);
    });
});
