import { expect } from "chai";
import type { Application } from "../../clusters/applications";
import { describe as lineOf } from "../../scripts/promote/describe";

describe("the line of an Application", () => {
    const metadata = { name: "agent-prod" };
    const well = { sync: { status: "Synced", revision: "abc" }, health: { status: "Healthy" } };
    const line = (status: Application["status"], labels = {}) => lineOf({ metadata: { ...metadata, labels }, status });

    it("has its state and its revision, whatever is not known", () => {
        expect(line(well)).to.equal("agent-prod: Synced, Healthy at abc");
        expect(line({ sync: {}, health: {} })).to.equal("agent-prod: Unknown, Unknown at no revision");
        expect(lineOf({ metadata })).to.equal("agent-prod: Unknown, Unknown at no revision");
    });

    it("has the error of a sync that failed, and of no other", () => {
        for (const phase of ["Failed", "Error"]) {
            const failed = line({ ...well, operationState: { phase, message: "denied by a webhook" } });
            expect(failed).to.equal(`agent-prod: Synced, Healthy at abc (sync ${phase}: denied by a webhook)`);
            expect(line({ ...well, operationState: { phase } })).to.equal(`agent-prod: Synced, Healthy at abc (sync ${phase}: )`);
        }
        const done = line({ ...well, operationState: { phase: "Succeeded", message: "successfully synced" } });
        expect(done).to.equal("agent-prod: Synced, Healthy at abc");
    });

    it("says that its cluster is in quarantine, and what Argo CD says of it", () => {
        const conditions = [{ type: "ComparisonError", message: "no such branch" }];
        const said = line({ ...well, conditions }, { "hubspoke/quarantined": "true" });
        expect(said).to.equal(
            "agent-prod: Synced, Healthy at abc (Argo CD leaves its cluster alone: lift the quarantine first) " +
                "(ComparisonError: no such branch)",
        );
    });
});
