import { expect } from "chai";
import { holeIn } from "../../clusters/argoCdHoles";
import { isArgoCdAtLeast } from "../../clusters/argoCdVersion";

describe("a version of Argo CD", () => {
    const cases: [version: string | undefined, least: `${number}.${number}`, expected: boolean][] = [
        ["v3.4.0", "3.4", true],
        ["3.4.0", "3.4", true],
        ["v3.4.0-rc1", "3.4", true],
        ["v3.3.9", "3.4", false],
        ["v3.10.0", "3.4", true],
        ["v10.0.0", "3.4", true],
        ["ours-v3.4.0", "3.4", false],
        ["latest", "3.4", false],
        ["", "3.4", false],
        [undefined, "3.4", false],
    ];
    for (const [version, least, expected] of cases) {
        it(`${version ?? "unknown"} ${expected ? "is" : "is not"} at least ${least}`, () => {
            expect(isArgoCdAtLeast(version, least)).to.equal(expected);
        });
    }

    it("has the hole in a pre-release too, and none where it is not known", () => {
        for (const version of ["v3.4.0-rc1", "v3.5.0-rc2", "v3.5.3-rc2", "v3.3.14"]) {
            expect(holeIn(version)).to.match(new RegExp(`^Argo CD ${version} has CVE-2026-77459: `));
        }
        expect(holeIn(undefined)).to.equal(undefined);
        expect(holeIn("latest")).to.equal(undefined);
    });
});
