import { expect } from "chai";
import type { Application } from "../../clusters/applications";
import { comparisonOf, reach } from "../../clusters/comparisons";

const since = Date.parse("2026-01-01T12:00:00Z");
const fresh = "2026-01-01T12:00:00Z";

type Complaint = readonly [type: string, message: string];

function application(reconciledAt: string | undefined, ...complaints: Complaint[]): Application {
    const conditions = complaints.map(([type, message]) => ({ type, message }));
    return { metadata: { name: "agent" }, status: { ...(reconciledAt && { reconciledAt }), conditions } };
}

const target = ["ComparisonError", "Failed to load target state: failed to generate manifest for source 1 of 1"] as const;
const live = ["ComparisonError", "Failed to load live state: failed to sync cluster https://prod: Unauthorized"] as const;
const foreign = ["InvalidSpecError", "application repo https://git is not permitted in project 'agent'"] as const;
const unknown = ["InvalidSpecError", "unable to find destination server: there are no clusters with this name: prod"] as const;
const sync = ["SyncError", "Failed last sync attempt to a1: one or more objects failed to apply"] as const;

describe("a comparison by Argo CD", () => {
    const cases: [name: string, given: Application, what: string][] = [
        ["without a complaint", application(fresh), "compared"],
        ["whose last sync failed", application(fresh, sync), "compared"],
        ["whose manifests could not be made", application(fresh, target), "without manifests"],
        ["whose cluster could not be read", application(fresh, live), "cluster not read"],
        ["that had neither", application(fresh, target, live), "cluster not read"],
        ["from before", application("2026-01-01T11:59:59Z"), "silent"],
        ["from before that failed", application("2026-01-01T11:59:59Z", live), "silent"],
        ["that was never made", application(undefined), "silent"],
        ["of a spec that is wrong", application(undefined, foreign), "never"],
        ["to a cluster that Argo CD does not know", application(undefined, unknown), "cluster not known"],
    ];
    for (const [name, given, what] of cases) {
        it(`${name} is "${what}"`, () => expect(comparisonOf(given, since).what).to.equal(what));
    }

    it("has Argo CD's message, unless it compared all", () => {
        const line = (...all: Complaint[]) => all.map(([type, message]) => `${type}: ${message}`).join("; ");
        const name = "agent";
        expect(comparisonOf(application(fresh, sync), since)).to.deep.equal({ name, what: "compared" });
        expect(comparisonOf(application(undefined), since)).to.deep.equal({ name, what: "silent" });
        expect(comparisonOf({ metadata: { name } }, since)).to.deep.equal({ name, what: "silent" });
        for (const [given, what] of [[target, "without manifests"], [foreign, "never"], [unknown, "cluster not known"]] as const) {
            expect(comparisonOf(application(fresh, given), since)).to.deep.equal({ name, what, why: line(given) });
        }
        expect(comparisonOf(application(undefined, sync), since)).to.deep.equal({ name, what: "silent", why: line(sync) });
    });

    it("that could not check single objects could not read the cluster, for all that it says", () => {
        const check = ["ComparisonError", "Failed to check if live resource a is managed"] as const;
        expect(comparisonOf(application(fresh, live, target, check), since).why).to.equal(`${live[1]}; ${check[1]}`);
    });

    it("names of a cluster that was not read only what is wrong with that", () => {
        expect(comparisonOf(application(fresh, target, live), since).why).to.equal(live[1]);
    });

    const together: [what: string[], found: string][] = [
        [["compared", "never", "silent", "without manifests"], "read"],
        [["without manifests", "silent"], "read"],
        [["compared", "cluster not read"], "not read"],
        [["cluster not known"], "not read"],
        [["silent", "never"], "nothing yet"],
        [["never"], "nothing to compare"],
        [[], "nothing to compare"],
    ];
    for (const [what, found] of together) {
        it(`of ${what.join(", ") || "no Application"}: the cluster is "${found}"`, () => {
            const comparisons = what.map((one) => ({ name: one, what: one }) as Parameters<typeof reach>[0][number]);
            expect(reach(comparisons)).to.equal(found);
        });
    }
});
