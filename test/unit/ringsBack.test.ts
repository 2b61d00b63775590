import { expect } from "chai";
import { decide, takeOver } from "../../scripts/promote/rings/commands";
import { drive } from "../../scripts/promote/rings/drive";
import { failure } from "./support/failure";
import { FakeFleet, rulesOf } from "./support/release";
import { expectAllOld, onward, pinByHand, release, three, two } from "./support/rings";

const person = rulesOf({ runner: "a person" });

describe("the way back of a release in rings", () => {
    /** The release has reached all clusters; a person is to take it back. */
    async function done(clusters?: ConstructorParameters<typeof FakeFleet>[0]): Promise<FakeFleet> {
        const fleet = clusters === undefined ? three() : new FakeFleet(clusters);
        expect((await release(fleet, two)).state).to.equal("done");
        fleet.said.length = 0;
        return fleet;
    }
    const broken = (fleet: FakeFleet, name: string) => Object.assign(fleet.clusters[name] ?? {}, { hangsAt: "old" });

    it("names each cluster that does not become Healthy in time, and waits for no other", async () => {
        const fleet = await done({
            ...{ a: { labels: { canary: "true" } }, b: {}, c: { quarantined: true }, d: { runs: false }, e: {} },
        });
        ["b", "c", "d", "e"].forEach((name) => broken(fleet, name));
        Object.assign(fleet.clusters.e ?? {}, { dead: true });
        const began = fleet.clock;
        const { why } = await onward(fleet, "back", rulesOf({ runner: "two", timeout: "2m" }));
        expect(why).to.equal("a person took it back\nnot Healthy after the way back: agent-b: Synced, Progressing at old");
        expect(fleet.clock - began).to.equal(120_000);
        expect(fleet.said[0]).to.equal("going back from new on 5 clusters: a, b, c, d, e");
        const well = await done({ a: { labels: { canary: "true" } }, b: {}, c: { quarantined: true }, d: { runs: false }, e: {} });
        ["c", "d", "e"].forEach((name) => broken(well, name));
        Object.assign(well.clusters.e ?? {}, { dead: true });
        const since = well.clock;
        expect((await onward(well, "back")).why).to.equal("a person took it back");
        expect(well.clock - since).to.equal(20_000);
    });

    it("names a cluster without its Application", async () => {
        const fleet = await done();
        const rules = rulesOf({ runner: "two", timeout: "1m" });
        await decide(fleet.world(), rules, "back");
        const world = fleet.world();
        const others = async () => (await world.applications()).filter(({ metadata }) => metadata.name !== "agent-c");
        const { why } = await drive({ ...world, applications: others }, rules);
        expect(why).to.equal("a person took it back\nnot Healthy after the way back: agent-c does not exist");
    });

    it("leaves alone, and names, what got another revision, but not where the release has not been", async () => {
        const fleet = three();
        fleet.onWait = () => (fleet.ups.length === 1 ? decide(fleet.world(), person, "pause") : undefined);
        await release(fleet, two);
        fleet.onWait = () => undefined;
        pinByHand(fleet, ["c"], "hotfix");
        const { why } = await onward(fleet, "back");
        expect(why).to.equal("a person paused it");
        expect(fleet.hub).to.deep.equal({ a: { revision: "old" }, b: { revision: "old" }, c: { revision: "hotfix" } });
        expect(fleet.ups.at(-1)).to.deep.equal(["a"]);
        const late = await done();
        pinByHand(late, ["b"], "hotfix");
        late.record = { ...(late.record as NonNullable<typeof late.record>), state: "paused", why: "broken" };
        const end = await onward(late, "back");
        expect(end.why).to.equal("broken\nb keeps hotfix, which it got after the release had begun");
        expect(late.ups.at(-1)).to.deep.equal(["a", "c"]);
        expect(late.file).to.deep.equal(late.hub);
    });

    it("moves no pin of a cluster that is not on the hub, or not in the settings, any more", async () => {
        const fleet = await done();
        delete fleet.hub.b;
        delete fleet.clusters.c;
        const { state } = await onward(fleet, "back");
        expect([state, fleet.ups.at(-1)]).to.deep.equal(["back", ["a"]]);
        expect(fleet.said[0]).to.equal("going back from new on 1 clusters: a");
    });

    it("ends in a process whose way back another one has taken over, before it moves a pin or after it", async () => {
        const fleet = await done();
        await decide(fleet.world(), rulesOf({ runner: "two" }), "back");
        fleet.onPreview = () => takeOver(fleet.world(), rulesOf({ runner: "three" }));
        expect(await failure(drive(fleet.world(), rulesOf({ runner: "two" })))).to.match(/^another run of this command/);
        expect(fleet.with("new")).to.deep.equal(["a", "b", "c"]);
        fleet.onPreview = () => undefined;
        fleet.onWait = () => takeOver(fleet.world(), rulesOf({ runner: "four" }));
        expect(await failure(drive(fleet.world(), rulesOf({ runner: "three" })))).to.match(/^another run of this command/);
        expect(fleet.record?.state).to.equal("going back");
        fleet.onWait = () => undefined;
        expect((await drive(fleet.world(), rulesOf({ runner: "four" }))).state).to.equal("back");
        expectAllOld(fleet);
    });

    it("names every cluster that another process brings up again, and goes back there too", async () => {
        const fleet = await done();
        let isLate = true;
        fleet.onWait = () => {
            if (isLate) {
                isLate = false;
                fleet.hub.b = fleet.hub.c = { revision: "new" };
            }
        };
        expect((await onward(fleet, "back")).state).to.equal("back");
        expect(fleet.said).to.include("b, c got new after that, by a process that had begun with it before");
        expect(fleet.said.filter((line) => line.startsWith("going back"))).to.have.length(2);
        expectAllOld(fleet);
    });

    it("of clusters that had the revision before leaves it there, and ends", async () => {
        const fleet = three();
        pinByHand(fleet, ["a"], "new");
        await release(fleet, two);
        expect((await onward(fleet, "back")).state).to.equal("back");
        expect([fleet.with("new"), fleet.ups.at(-1)]).to.deep.equal([["a"], ["b", "c"]]);
        expect(fleet.said.join("\n")).not.to.include("after that, by a process");
    });
});
