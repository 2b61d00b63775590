import type { AddressInfo } from "node:net";
import { mock } from "node:test";
import { setImmediate as settled } from "node:timers/promises";
import { expect } from "chai";
import * as fc from "fast-check";
import {
    type Alert,
    type AutomaticRules,
    automaticRefusal,
    FiringAlerts,
    silenceMs,
} from "../../scripts/failoverReceiver/automatic";
import { waitUntilDue } from "../../scripts/failover/ahead";
import { Mover } from "../../scripts/failoverReceiver/mover";
import { receiver } from "../../scripts/failoverReceiver/receiver";
import { Skipper } from "../../scripts/failoverReceiver/skipper";
import type { ArgoCdsView } from "../../scripts/support/argoCdsView";
import type { Move } from "../../clusters/moves";

const minute = 60_000;
const noon = Date.parse("2026-01-01T12:00:00Z");
const rules: AutomaticRules = {
    enabled: true,
    afterMs: 2 * minute,
    coolDownMs: 30 * minute,
    unreachableForMs: minute / 2,
};

function move(minutesAgo: number, automatic: boolean): Move {
    const at = new Date(noon - minutesAgo * minute).toISOString();
    return { at, by: "somebody", from: "prod", to: "dr", why: "", automatic, state: "done" };
}

describe("an automatic failover", () => {
    const cases: [name: string, rules: AutomaticRules, moves: Move[], refusal: RegExp | undefined][] = [
        ["is allowed where nothing has moved", rules, [], undefined],
        ["is off by default", { ...rules, enabled: false }, [], /enabled is false/],
        ["waits after a person's move", rules, [move(29, false)], /coolDown is 1800 s/],
        ["is allowed after the cool-down", rules, [move(31, false)], undefined],
        ["happens once a day", rules, [move(23 * 60, true)], /only one a day/],
        ["happens once a day, whatever people did since", rules, [move(60, false), move(23 * 60, true)], /only one a day/],
        ["is allowed on the next day", rules, [move(24 * 60 + 1, true)], undefined],
    ];
    for (const [name, given, moves, refusal] of cases) {
        it(name, () => {
            const found = automaticRefusal(given, moves, noon);
            if (refusal === undefined) {
                expect(found).to.equal(undefined);
            } else {
                expect(found).to.match(refusal);
            }
        });
    }
});

const alert = (labels: Record<string, string>, startsAt: number, status = "firing"): Alert => ({
    status,
    labels,
    startsAt: new Date(startsAt).toISOString(),
    fingerprint: JSON.stringify(labels),
});
const api = { alertname: "ClusterUnreachable", cluster: "prod" };
const outside = { alertname: "AgentUnreachable", cluster: "prod", vantage: "outside" };
const fromHub = { ...outside, vantage: "hub" };

describe("a failover that is due", () => {
    afterEach(() => mock.timers.reset());

    it("is due when the probes of hub and users have both failed for the time, counted from the later one", () => {
        const firing = new FiringAlerts();
        firing.take([alert(api, noon), alert(outside, noon + 10_000)]);
        // Each alert fires half a minute after its probe first failed.
        expect(firing.dueAt("prod", rules)).to.equal(noon + 10_000 - minute / 2 + 2 * minute);
    });

    const never: [name: string, alerts: Alert[]][] = [
        ["the hub alone has lost the cluster, whose users are served", [alert(api, noon), alert(fromHub, noon)]],
        ["users alone have lost it", [alert(outside, noon)]],
        ["another cluster is lost", [{ ...api, cluster: "dr" }, { ...outside, cluster: "dr" }].map((one) => alert(one, noon))],
        ["one has recovered", [alert(api, noon), alert(outside, noon), alert(outside, noon, "resolved")]],
        ["nothing fires", []],
    ];
    for (const [name, alerts] of never) {
        it(`is not due if ${name}`, () => {
            const firing = new FiringAlerts();
            firing.take(alerts);
            expect(firing.dueAt("prod", rules)).to.equal(undefined);
        });
    }

    it("is not due for an alert that ended while it was silenced, whose end Alertmanager never reports", () => {
        mock.timers.enable({ apis: ["Date"], now: noon });
        const firing = new FiringAlerts();
        firing.take([alert(api, noon), alert(outside, noon)]);
        mock.timers.setTime(noon + silenceMs - 1);
        firing.take([alert(api, noon)]);
        expect(firing.dueAt("prod", rules)).to.be.a("number");
        mock.timers.setTime(noon + silenceMs);
        expect(firing.dueAt("prod", rules)).to.equal(undefined);
        expect([...firing.unreachable()]).to.deep.equal([["prod", noon]]);
    });

    it("moves a flapping cluster's users at most once a day, and never before both have failed for the time", () => {
        const event = fc.record({
            seconds: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 4 * 3600 })),
            labels: fc.constantFrom(api, outside, fromHub),
            status: fc.constantFrom("firing", "resolved"),
        });
        fc.assert(
            fc.property(fc.array(event, { maxLength: 80, size: "max" }), (events) => {
                mock.timers.reset();
                mock.timers.enable({ apis: ["Date"], now: noon });
                const firing = new FiringAlerts();
                const [since, heard] = [new Map<object, number>(), new Map<object, number>()];
                let moves: Move[] = [];
                let now = noon;
                for (const { seconds, labels, status } of events) {
                    const before = now;
                    now += seconds * 1000;
                    const due = firing.dueAt("prod", rules) ?? Infinity;
                    const then = Math.max(due, before);
                    if (then <= now && automaticRefusal(rules, moves, then) === undefined) {
                        mock.timers.setTime(then);
                        if (firing.dueAt("prod", rules) === due) {
                            const latest = Math.max(since.get(api)!, since.get(outside)!);
                            expect(then - latest).to.be.at.least(rules.afterMs - rules.unreachableForMs);
                            expect(then - Math.min(heard.get(api)!, heard.get(outside)!)).to.be.below(silenceMs);
                            moves = [{ ...move(0, true), at: new Date(then).toISOString() }, ...moves];
                        }
                    }
                    mock.timers.setTime(now);
                    heard.set(labels, now);
                    if (status === "resolved") {
                        since.delete(labels);
                    } else if (!since.has(labels)) {
                        since.set(labels, now);
                    }
                    firing.take([alert(labels, since.get(labels) ?? now, status)]);
                }
                const times = moves.map(({ at }) => Date.parse(at));
                times.slice(1).forEach((time, index) => expect(times[index]! - time).to.be.at.least(24 * 60 * minute));
            }),
        );
    });
});

describe("the receiver of automatic failovers", () => {
    const token = "a-token-of-more-than-24-characters";

    async function withReceiver(
        story: (send: (body: unknown, authorization?: string, path?: string) => Promise<number>) => Promise<void>,
        planned: Promise<void> = Promise.resolve(),
    ): Promise<{ moved: string[]; said: string[] }> {
        const moved: string[] = [];
        const said: string[] = [];
        const say = (line: string) => said.push(line);
        const mover = new Mover({
            rules: () => Promise.resolve({ active: "prod", rules: { ...rules, afterMs: 0 } }),
            move: async (active, reason, due) => {
                said.push("plans");
                await planned;
                await waitUntilDue(due);
                moved.push(`${active}: ${reason}`);
                throw new Error("dr is behind");
            },
            say,
        });
        const work: Promise<void>[] = [];
        const server = receiver({ token, take: (alerts) => work.push(mover.take(alerts)), say });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const { port } = server.address() as AddressInfo;
        const send = async (body: unknown, authorization = `Bearer ${token}`, path = "/alerts") => {
            const headers = { authorization, "content-type": "application/json" };
            const init = { method: "POST", headers, body: typeof body === "string" ? body : JSON.stringify(body) };
            return (await fetch(`http://127.0.0.1:${port}${path}`, init)).status;
        };
        try {
            await story(send);
            await Promise.all(work);
        } finally {
            await new Promise((resolve) => server.close(resolve));
        }
        return { moved, said };
    }

    const outage = { alerts: [alert(api, noon), alert(outside, noon)] };

    it("moves users when both probes have failed, and reports why a move failed", async () => {
        const { moved, said } = await withReceiver(async (send) => {
            expect(await send(outage)).to.equal(202);
        });
        expect(moved).to.have.length(1);
        expect(moved[0]).to.match(/^prod: the hub's probe and the outside probe of prod have failed/);
        expect(said).to.include("dr is behind");
    });

    /** What waits until the test opens it. */
    function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
        let open: () => void = () => undefined;
        const opened = new Promise<void>((resolve) => (open = resolve));
        return { opened, open: () => open() };
    }

    /** Alerts of which a move follows in so many milliseconds. */
    const outageDueIn = (ms: number) => {
        const since = Date.now() + rules.unreachableForMs + ms;
        return { alerts: [alert(api, since), alert(outside, since)] };
    };

    it("waits for the time, and stops waiting when one has recovered", async () => {
        const { moved, said } = await withReceiver(async (send) => {
            const { alerts } = outageDueIn(10 * minute);
            await send({ alerts });
            await send({ alerts: [{ ...alerts[1], status: "resolved" }] });
        });
        expect(moved).to.deep.equal([]);
        expect(said.join("\n")).to.match(/users move in \d+ s unless one recovers/);
        expect(said).not.to.include("plans");
    });

    /** An outage whose move is planned, and whose probe recovers meanwhile. */
    async function recoversWhilePlanning(then: (send: (body: unknown) => Promise<number>) => Promise<unknown>) {
        const plan = gate();
        return withReceiver(async (send) => {
            const { alerts } = outageDueIn(50);
            await send({ alerts });
            await send({ alerts: [{ ...alerts[1], status: "resolved" }] });
            await then(send);
            plan.open();
        }, plan.opened);
    }

    it("plans a move that is due soon, and does not move users if a probe recovers before", async () => {
        const { moved, said } = await recoversWhilePlanning(() => Promise.resolve());
        expect(said).to.include("plans");
        expect(said.join("\n")).to.match(/no automatic move: a probe has succeeded meanwhile/);
        expect(moved).to.deep.equal([]);
    });

    it("begins anew for an outage that begins again while it plans", async () => {
        const { moved, said } = await recoversWhilePlanning((send) => send(outageDueIn(100)));
        expect(said.filter((line) => line === "plans")).to.have.length(2);
        expect(moved).to.have.length(1);
    });

    it("does nothing without the token, at another path, or for an invalid message", async () => {
        const { moved, said } = await withReceiver(async (send) => {
            expect(await send(outage, "Bearer wrong")).to.equal(401);
            expect(await send(outage, `Bearer ${token}x`)).to.equal(401);
            expect(await send(outage, undefined, "/other")).to.equal(404);
            expect(await send("{")).to.equal(400);
            expect(await send({ alerts: [{}] })).to.equal(400);
            expect(await send("x".repeat(2 * 1024 * 1024))).to.equal(413);
        });
        expect({ moved, said }).to.deep.equal({ moved: [], said: [] });
    });
});

describe("the receiver that has Argo CD leave a dead cluster alone", () => {
    /** A hub that keeps in memory what the receiver does there. */
    function stage(says: ArgoCdsView["says"], held: string[] = [], unknown: string[] = []) {
        const asked: string[] = [];
        const said: string[] = [];
        const skipper = new Skipper({
            afterMs: minute,
            held: () => Promise.resolve([...held]),
            viewOf: (cluster) => {
                asked.push(cluster);
                if (unknown.includes(cluster)) {
                    return Promise.reject(new Error(`the hub has no cluster ${cluster}`));
                }
                return Promise.resolve({ says, why: "it says so" });
            },
            skip: (cluster) => Promise.resolve(void held.push(cluster)),
            resume: (cluster) => Promise.resolve(void held.splice(held.indexOf(cluster), 1)),
            say: (line) => said.push(line),
        });
        const hear = (...alerts: Alert[]) => skipper.take(alerts);
        return { held, asked, said, hear };
    }
    afterEach(() => mock.timers.reset());

    for (const says of ["lost", "unknown"] as const) {
        it(`does so once the alert has fired for the time, where Argo CD's view is "${says}", and ends it with the alert`, async () => {
            const { held, hear } = stage(says);
            const recent = Date.now() - minute / 2;
            await hear(alert(api, recent));
            expect(held).to.deep.equal([]);
            await hear(alert(api, noon));
            expect(held).to.deep.equal(["prod"]);
            await hear(alert(outside, noon, "resolved"));
            expect(held).to.deep.equal(["prod"]);
            await hear(alert(api, noon, "resolved"));
            expect(held).to.deep.equal([]);
        });
    }

    for (const says of ["reached", "refused"] as const) {
        it(`does not where Argo CD's view is "${says}", and asks once for each outage`, async () => {
            const { held, asked, hear } = stage(says);
            await hear(alert(api, noon));
            await hear(alert(api, noon));
            expect({ held, asked }).to.deep.equal({ held: [], asked: ["prod"] });
            await hear(alert(api, noon, "resolved"), alert(api, noon + minute));
            expect(asked).to.deep.equal(["prod", "prod"]);
        });
    }

    it("goes on after a restart with what it has done before, and keeps it while it knows nothing new", async () => {
        const { held, asked, hear } = stage("lost", ["prod", "dr"]);
        await hear(alert(api, noon));
        expect({ held, asked }).to.deep.equal({ held: ["prod", "dr"], asked: [] });
        await hear(alert({ ...api, cluster: "dr" }, noon, "resolved"));
        expect(held).to.deep.equal(["prod"]);
    });

    it("ends it when the alert is not repeated any more, as if silenced at its end, and not while it is", async () => {
        mock.timers.enable({ apis: ["Date", "setTimeout"], now: noon + minute });
        const { held, hear } = stage("lost");
        const pass = async (ms: number) => {
            mock.timers.tick(ms);
            await settled();
        };
        await hear(alert(api, noon));
        await pass(silenceMs - 1);
        await hear(alert(api, noon));
        await pass(silenceMs - 1);
        expect(held).to.deep.equal(["prod"]);
        await pass(1);
        expect(held).to.deep.equal([]);
    });

    it("goes on with the others when one cluster cannot be handled", async () => {
        const { held, said, hear } = stage("lost", [], ["gone"]);
        await hear(alert({ ...api, cluster: "gone" }, noon), alert(api, noon));
        expect(held).to.deep.equal(["prod"]);
        expect(said).to.include("the hub has no cluster gone");
    });

    it("has nothing to do with users who do not reach the agent", async () => {
        const { held, asked, hear } = stage("lost");
        await hear(alert(outside, noon), alert(fromHub, noon));
        expect({ held, asked }).to.deep.equal({ held: [], asked: [] });
    });
});
