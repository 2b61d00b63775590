import { readFileSync } from "node:fs";
import { mock } from "node:test";
import { setImmediate as settled } from "node:timers/promises";
import { expect } from "chai";
import { basisOf, checkAhead, waitUntilDue } from "../../scripts/failover/ahead";
import { failure } from "./support/failure";
import { type FakePulumi, fakePulumi } from "./support/fakePulumi";
import { printed } from "./support/printed";

describe("a failover that is not due yet", () => {
    afterEach(() => mock.timers.reset());

    /** How a wait ends, which begins now. */
    const waiting = (at: number, holds: () => boolean) => {
        const wait = { end: "waits" };
        void waitUntilDue({ at, holds }).then(
            () => (wait.end = "is due"),
            (error: Error) => (wait.end = error.message),
        );
        return wait;
    };

    it("waits until then, and looks only then whether the probes still fail", async () => {
        mock.timers.enable({ apis: ["Date", "setTimeout"], now: 1_000_000 });
        let looks = 0;
        const wait = waiting(1_060_000, () => ++looks > 0);
        mock.timers.tick(59_999);
        await settled();
        expect([wait.end, looks]).to.deep.equal(["waits", 0]);
        mock.timers.tick(1);
        await settled();
        expect([wait.end, looks]).to.deep.equal(["is due", 1]);
    });

    it("does not wait for a time that has passed", async () => {
        mock.timers.enable({ apis: ["Date", "setTimeout"], now: 1_000_000 });
        const wait = waiting(1, () => false);
        mock.timers.tick(1);
        await settled();
        expect(wait.end).to.equal("no automatic move: a probe has succeeded meanwhile. Nothing was changed");
    });
});

describe("a failover that is checked ahead", () => {
    let pulumi: FakePulumi;
    beforeEach(() => {
        pulumi = fakePulumi({ hub: { role: "hub" } });
    });
    afterEach(() => pulumi.restore());

    it("depends on the time of the state's last change, and on the stack file", async () => {
        const file = readFileSync(pulumi.file("hub"), "utf8");
        expect(await basisOf("hub")).to.equal(`2026-01-01T00:00:00Z\n${file}`);
    });

    it("keeps what could not be checked", async () => {
        expect(await checkAhead("hub", () => Promise.resolve(["Git did not answer"]))).to.deep.equal({
            basis: await basisOf("hub"),
            unknown: ["Git did not answer"],
        });
    });

    for (const state of [{}, { manifest: {} }]) {
        it(`is checked again where the state has no time: ${JSON.stringify(state)}`, async () => {
            pulumi.setState("hub", state);
            expect(await failure(basisOf("hub"))).to.equal("the state of hub does not say when it changed");
            expect(await printed(() => checkAhead("hub", () => Promise.resolve([])))).to.deep.equal({
                result: undefined,
                lines: ["the move is not possible yet: the state of hub does not say when it changed"],
            });
        });
    }
});
