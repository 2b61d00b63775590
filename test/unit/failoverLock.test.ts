import { expect } from "chai";
import { mock } from "node:test";
import type { Answer, Asked } from "../../lab/test/support/fakeApiServer";
import { takeLock, waitUntilFree } from "../../scripts/failover/lock";
import { waitFor } from "../../clusters/wait";
import { failure } from "./support/failure";
import { type ObjectStore, objectStore, type StoredObject } from "./support/objectStore";
import { printed } from "./support/printed";

const collection = "apis/coordination.k8s.io/v1/namespaces/argocd/leases";
const lease = `${collection}/hubspoke-failover`;
const held = (holderIdentity: string) => ({
    metadata: { name: "hubspoke-failover" },
    spec: {
        holderIdentity,
        acquireTime: "2026-01-01T12:00:00.000000Z",
        renewTime: "2026-01-01T12:00:10.000000Z",
        leaseDurationSeconds: 60,
    },
});

/** A hub's Lease, as the test reads it. */
interface Seen {
    readonly kind?: string;
    readonly spec: Record<string, string | number>;
}

describe("the lock of a failover", () => {
    let hub: ObjectStore;
    const start = async (objects: Record<string, StoredObject> = {}, first?: Parameters<typeof objectStore>[1]) => {
        hub = await objectStore(objects, first);
    };
    const take = (who = "ada: prod to dr") => takeLock(hub.address, "argocd", who);
    const now = () => hub.objects.get(lease) as Seen | undefined;

    afterEach(async () => {
        mock.timers.reset();
        await hub.close();
    });

    it("says on the hub who moves users, and for how long that holds without renewal; its release removes it", async () => {
        await start();
        const before = Date.now();
        const lock = await take();
        expect(now()).to.include({ apiVersion: "coordination.k8s.io/v1", kind: "Lease" });
        expect(now()?.spec).to.include({ leaseDurationSeconds: 60 });
        expect(now()?.spec.holderIdentity).to.match(/^ada: prod to dr \([0-9a-f]{8}\)$/);
        for (const time of [now()?.spec.acquireTime, now()?.spec.renewTime]) {
            // The API server refuses another format than Go's with microseconds.
            expect(time).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
            expect(Date.parse(String(time))).to.be.within(before, Date.now());
        }
        await lock.check();
        await lock.release();
        expect(now()).to.equal(undefined);
        expect(hub.changes).to.deep.equal([`POST ${collection}`, `DELETE ${lease}`]);
    });

    it("takes over a Lease that its holder has released", async () => {
        await start({ [lease]: held("") });
        const lock = await take();
        expect(now()?.spec.holderIdentity).to.match(/^ada: prod to dr/);
        await lock.release();
    });

    it("is taken from an API server that says it has created it", async () => {
        await start({}, ({ method, body }, stored) => {
            if (method !== "POST") {
                return undefined;
            }
            stored.set(lease, { ...(JSON.parse(body) as StoredObject), metadata: { resourceVersion: "1" } });
            return { code: 201 };
        });
        const lock = await take();
        await lock.check();
        await lock.release();
        expect(now()).to.equal(undefined);
    });

    it("is renewed while it is held, and not after that", async () => {
        mock.timers.enable({ apis: ["setInterval"] });
        await start();
        const lock = await take();
        const { renewTime: first, ...others } = now()!.spec;
        const renewals = () => hub.changes.filter((change) => change.startsWith("PATCH")).length;
        mock.timers.tick(9_999);
        expect(renewals()).to.equal(0);
        mock.timers.tick(1);
        await waitFor("the renewal", () => Promise.resolve(renewals() === 1 && now()?.spec.renewTime !== first ? { done: 1 } : { seen: "none" }),
            { timeoutMs: 5_000, intervalMs: 1 });
        const { renewTime, ...same } = now()!.spec;
        expect(Date.parse(String(renewTime))).to.be.at.least(Date.parse(String(first)));
        expect(same).to.deep.equal(others);
        await lock.release();
        mock.timers.tick(60_000);
        expect(renewals()).to.equal(1);
    });

    it("that another run has taken meanwhile stops the move, and is left to that run", async () => {
        await start();
        const lock = await take();
        hub.objects.set(lease, { ...held("bob: prod to eu"), metadata: { resourceVersion: "99" } });
        const taken =
            "another run is moving users: bob: prod to eu, since 2026-01-01T12:00:00.000000Z, last renewed at " +
            "2026-01-01T12:00:10.000000Z (that machine's clock). Nothing was changed. Check its result, and decide again";
        expect(await failure(lock.check())).to.equal(taken);
        expect(await failure(lock.release())).to.equal(taken);
        expect(now()?.spec.holderIdentity).to.equal("bob: prod to eu");
        hub.objects.delete(lease);
        expect(await failure(lock.check())).to.match(/^another run is moving users: a run that has ended now\. /);
    });

    for (const [when, objects] of [["there was none", {}], ["it was free", { [lease]: held("") }]] as const) {
        it(`is one run's when two take it at once although ${when}`, async () => {
            // The other one comes between the look at the Lease and the request for it.
            await start(objects, ({ method }, stored) => {
                if (method !== "GET") {
                    stored.set(lease, { ...held("bob: prod to eu"), metadata: { resourceVersion: "99" } });
                }
                return undefined;
            });
            expect(await failure(take())).to.match(/^another run is moving users: bob: prod to eu, since/);
            expect(now()?.spec.holderIdentity).to.equal("bob: prod to eu");
        });
    }

    const refused: [name: string, first: (asked: Asked) => Answer | undefined, error: RegExp][] = [
        ["read it", ({ method }) => (method === "GET" ? forbidden : undefined), /^the hub answers 403 to the request for the failover's lock\. See docs\/failover\.md for the rights$/],
        ["create it", ({ method }) => (method === "POST" ? forbidden : undefined), /^the hub answers 403 .*Grant this identity rights on Leases \(docs\/failover\.md\)$/],
    ];
    for (const [name, first, error] of refused) {
        it(`names the rights that an identity lacks which may not ${name}`, async () => {
            await start({}, first);
            expect(await failure(take())).to.match(error);
        });
    }

    /** Looks whether the lock is free, on a clock that passes only while it waits. */
    const look = (then: (seconds: number) => void = () => undefined) => {
        let ms = 0;
        const clock = { now: () => ms, sleep: (more: number) => Promise.resolve(then((ms += more) / 1000)) };
        return printed(() => waitUntilFree(hub.address, "argocd", clock));
    };

    it("of a dead run is free after its duration, and the user reads whom that waits for", async () => {
        await start({ [lease]: held("bob: prod to eu") });
        const { result, lines } = await look();
        expect(result?.spec.holderIdentity).to.equal("bob: prod to eu");
        expect(lines).to.have.length(2);
        expect(lines[0]).to.match(/^the lock is held by bob: prod to eu, since .*\. Checking for up to 60 s whether /);
        expect(lines[1]).to.equal("the run that held the lock is dead: it did not renew it for 60 s");
    });

    it("of a run that lives is taken", async () => {
        await start({ [lease]: held("bob: prod to eu") });
        const renew = () => void hub.objects.set(lease, { ...held("bob: prod to eu"), metadata: { resourceVersion: "99" } });
        expect(await failure(look(renew))).to.match(/^another run is moving users: bob: prod to eu/);
    });

    it("is free without a word where nobody holds it", async () => {
        await start();
        expect(await look()).to.deep.equal({ result: undefined, lines: [] });
    });
});

const forbidden = { kind: "Status", code: 403, message: "forbidden" };
