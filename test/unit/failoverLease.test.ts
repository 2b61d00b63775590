import { expect } from "chai";
import { type Clock, type Lease, watchUntilFree } from "../../scripts/failover/lease";

/** Where the clock begins, in milliseconds: like a machine's monotonic clock, at some time. */
const start = 7_000;

/** A clock that passes only while somebody sleeps. */
function fakeClock(): Clock {
    let time = start;
    return { now: () => time, sleep: (ms) => Promise.resolve(void (time += ms)) };
}

function held(resourceVersion: string, renewTime = "2026-01-01T12:00:00.000000Z"): Lease {
    return {
        metadata: { resourceVersion },
        spec: { holderIdentity: "somebody", renewTime, leaseDurationSeconds: 60 },
    };
}

/** Watches a lease that is what `at` says after so many seconds. */
async function watch(at: (seconds: number) => Lease | undefined) {
    const clock = fakeClock();
    const passed = () => (clock.now() - start) / 1000;
    const told: number[] = [];
    const outcome = await watchUntilFree(
        () => Promise.resolve(at(passed())),
        30,
        clock,
        (_, seconds) => void told.push(seconds),
    );
    return { outcome, told, seconds: passed() };
}

describe("the lease of a failover", () => {
    it("is free immediately if there is none, or its holder has released it", async () => {
        const released: Lease = { metadata: { resourceVersion: "1" }, spec: { holderIdentity: "" } };
        const nobodys: Lease = { metadata: { resourceVersion: "1" }, spec: {} };
        for (const lease of [undefined, released, nobodys]) {
            const { outcome, told, seconds } = await watch(() => lease);
            expect(outcome).to.deep.equal({ free: lease, watchedSeconds: 0 });
            expect({ told, seconds }).to.deep.equal({ told: [], seconds: 0 });
        }
    });

    for (const [clock, renewTime] of [
        ["right", "2026-01-01T12:00:00.000000Z"],
        ["an hour behind", "2020-01-01T11:00:00.000000Z"],
        ["an hour ahead", "2100-01-01T13:00:00.000000Z"],
        ["no clock at all", ""],
    ] as const) {
        it(`that is not renewed is taken after its duration, and not before, although its holder's clock was ${clock}`, async () => {
            const { outcome, told, seconds } = await watch(() => held("1", renewTime));
            expect(outcome).to.deep.equal({ free: held("1", renewTime), watchedSeconds: 60 });
            expect({ told, seconds }).to.deep.equal({ told: [60], seconds: 60 });
        });
    }

    it("that is renewed during the watch is in use, independent of its times", async () => {
        const old = "2020-01-01T00:00:00.000000Z";
        const { outcome, seconds } = await watch((at) => (at < 9.5 ? held("1", old) : held("2", old)));
        expect(outcome).to.deep.equal({ held: held("2", old) });
        expect(seconds).to.equal(10);
    });

    it("that its holder releases during the watch is free", async () => {
        const { outcome, seconds } = await watch((at) => (at < 5 ? held("1") : undefined));
        expect(outcome).to.deep.equal({ free: undefined, watchedSeconds: 0 });
        expect(seconds).to.equal(5);
    });

    it("without a duration has the program's duration", async () => {
        const { metadata, spec } = held("1");
        const lease: Lease = { metadata, spec: { holderIdentity: spec.holderIdentity ?? "" } };
        expect((await watch(() => lease)).seconds).to.equal(30);
    });
});
