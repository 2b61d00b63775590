import { expect } from "chai";
import { nearest } from "../../settings/nearest";

describe("the setting that a misspelled one means", () => {
    const cases: [word: string, known: string[], meant: string | undefined][] = [
        ["environmant", ["environments", "environment"], "environment"],
        ["TTL", ["active", "ttl"], "ttl"],
        ["aktive", ["Active"], "Active"],
        ["ab", ["b"], "b"],
        ["ab", ["cd"], undefined],
        ["regionx", ["regi"], undefined],
        ["label", [], undefined],
    ];
    for (const [word, known, meant] of cases) {
        it(`is ${meant ?? "none"} for ${word} among ${known.join(" and ") || "none"}`, () => {
            expect(nearest(word, known)).to.equal(meant);
        });
    }
});
