import { expect } from "chai";
import { isArgoCdAtLeast } from "../../clusters/argoCdVersion";
import { chartProblem, oldestChart } from "../../settings/chart";
import { isAtLeast } from "../../settings/version";

describe("a version compared with another", () => {
    /** Versions in their order, the oldest first. */
    const inOrder = [
        "latest", "1.9.9", "v8.5.9", "8.6.0-alpha", "8.6.0-alpha.1", "8.6.0-rc.2", "8.6.0-rc.10", "8.6.0", "8.10", "v10.1.1",
        "2026.11.3", "2026.11.12",
    ];
    for (const [index, version] of inOrder.entries()) {
        it(`is later than all before it, and before all after it: ${version}`, () => {
            const later = inOrder.map((other) => isAtLeast(version, other));
            expect(later).to.deep.equal(inOrder.map((_, at) => at <= index));
        });
    }

    it("may begin with a v, lack a number, or have build metadata", () => {
        for (const [one, other] of [["v8.6.0", "8.6.0"], ["8.6", "8.6.0"], ["8.6.0+sha-1", "8.6.0"], ["8.6.0-rc.1+1", "8.6.0-rc.1"]] as const) {
            expect([isAtLeast(one, other), isAtLeast(other, one)], `${one} and ${other}`).to.deep.equal([true, true]);
        }
    });

    it("decides on Argo CD's chart: one before the oldest is refused, also with a v or as a pre-release", () => {
        for (const old of ["8.5.9", "v8.5.9", `${oldestChart}-rc.1`]) {
            expect(chartProblem(old), old).to.match(/is older than 8\.6\.0.*Write "8\.6\.0" or newer/);
        }
        for (const good of [oldestChart, `v${oldestChart}`, "10.1.1", "10.1.1-rc.1"]) {
            expect(chartProblem(good), good).to.equal(undefined);
        }
    });

    it("decides on Argo CD by its minor version: a pre-release has what its release has", () => {
        expect(isArgoCdAtLeast("v3.5.0-rc1", "3.5")).to.equal(true);
        expect(isArgoCdAtLeast("v3.10.0", "3.5")).to.equal(true);
        expect(isArgoCdAtLeast("v3.4.4", "3.5")).to.equal(false);
        expect(isArgoCdAtLeast("latest", "3.5")).to.equal(false);
        expect(isArgoCdAtLeast(undefined, "3.5")).to.equal(false);
    });
});
