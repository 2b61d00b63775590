import { expect } from "chai";
import type { Application } from "../../clusters/applications";
import { isBack, judge } from "../../scripts/promote/rings/judge";

const noon = Date.parse("2026-01-01T12:00:00Z");

interface Facts {
    readonly target?: string;
    readonly revision?: string;
    readonly health?: string;
    /** The revision with which Argo CD has compared; by default it says nothing of it. */
    readonly compared?: string;
    readonly labels?: Record<string, string>;
}

/** An Application that has been in its state for ten minutes. */
function application({ target = "new", revision = target, health = "Healthy", compared, labels = {} }: Facts = {}): Application {
    const at = "2026-01-01T11:50:00Z";
    const comparedTo = compared === undefined ? {} : { comparedTo: { source: { targetRevision: compared } } };
    return {
        metadata: { name: "agent-a", labels },
        spec: { source: { targetRevision: target } },
        status: {
            sync: { status: "Synced", revision, ...comparedTo },
            health: { status: health, lastTransitionTime: at },
            operationState: { phase: "Succeeded", finishedAt: at, syncResult: { revision } },
        },
    };
}

describe("a cluster in its ring", () => {
    const minute = 60_000;
    const other = { ...application({ health: "Degraded" }), metadata: { name: "agent-b" } };
    const verdict = (facts: Facts | undefined, soak: number, since = 20) =>
        judge("agent-a", [other, ...(facts === undefined ? [] : [application(facts)])], {
            ...{ revision: "new", sinceMs: noon - since * minute, soakMs: soak * minute, now: noon },
        });

    it("is proved when it was Healthy at the revision for the soak time, and its pin has moved before that", () => {
        expect(verdict({}, 10)).to.deep.equal({ is: "proved" });
        expect(verdict({}, 11)).to.deep.equal({ is: "soaking", remainingMs: minute });
        expect(verdict({}, 10, 4)).to.deep.equal({ is: "soaking", remainingMs: 6 * minute });
        expect(verdict({}, 4, 4)).to.deep.equal({ is: "proved" });
    });

    it("is waited for until Argo CD has the revision, and it is Healthy", () => {
        const waiting = (why: string) => ({ is: "waiting", why });
        expect(verdict(undefined, 1)).to.deep.equal(waiting("agent-a does not exist"));
        expect(verdict({ target: "old", revision: "new" }, 1)).to.deep.equal(waiting("agent-a: Synced, Healthy at new"));
        expect(verdict({ revision: "old" }, 1)).to.deep.equal(waiting("agent-a: Synced, Healthy at old"));
        expect(verdict({ health: "Progressing" }, 1)).to.deep.equal(waiting("agent-a: Synced, Progressing at new"));
        const unknown = judge("agent-a", [{ ...application(), status: undefined }], {
            ...{ revision: "new", sinceMs: 0, soakMs: 0, now: noon },
        });
        expect(unknown).to.deep.equal(waiting("agent-a: Unknown, Unknown at no revision"));
    });

    it("has failed when the revision is Degraded on it", () => {
        expect(verdict({ health: "Degraded" }, 1)).to.deep.equal({ is: "failed", why: "agent-a: Synced, Degraded at new" });
    });
});

describe("a cluster on its way back", () => {
    const [old, none] = [{ revision: "old" }, {}];
    const cases: [is: boolean, what: string, facts: Facts, pin: typeof old | typeof none][] = [
        [true, "is targeted at its pin", { target: "old" }, old],
        [true, "has been compared with its pin", { target: "old", compared: "old" }, old],
        [false, "has not been compared with its pin yet", { target: "old", compared: "new" }, old],
        [false, "is targeted at the revision still", { target: "new", compared: "new" }, old],
        [false, "is not Healthy", { target: "old", compared: "old", health: "Progressing" }, old],
        [false, "is in quarantine", { target: "old", labels: { "hubspoke/quarantined": "true" } }, old],
        [true, "follows the hub's settings again, without a pin", { target: "main", compared: "main" }, none],
        [false, "is targeted at the revision still, without a pin", { target: "new", compared: "new" }, none],
    ];
    for (const [is, what, facts, pin] of cases) {
        it(`is ${is ? "" : "not "}back if it ${what}`, () => {
            expect(isBack(application(facts), pin, "new")).to.equal(is);
        });
    }

    it("is not back while nothing is known of it", () => {
        for (const status of [undefined, {}]) {
            expect(isBack({ ...application({ target: "old" }), status }, old, "new")).to.equal(false);
        }
    });
});
