import { expect } from "chai";
import { amountOf, parseQuantity } from "../../settings/quantity";

describe("a quantity of Kubernetes", () => {
    const quantities: [text: string | number, value: number][] = [
        ["8", 8],
        [2, 2],
        ["100m", 0.1],
        ["500m", 0.5],
        ["1.5Gi", 1.5 * 2 ** 30],
        ["64Gi", 64 * 2 ** 30],
        ["2G", 2e9],
        ["10k", 10_000],
        ["1e3", 1000],
        ["1E", 1e18],
        ["1E3", 1000],
        ["1e10", 1e10],
        ["1e-1", 0.1],
        ["1e+1", 10],
        ["1.25", 1.25],
        [".25", 0.25],
        ["2.", 2],
        ["+2", 2],
        ["-1", -1],
    ];
    for (const [text, value] of quantities) {
        it(`is ${value} as ${text}`, () => expect(parseQuantity(text)).to.equal(value));
    }

    for (const text of ["", "abc", "1X", "1 Gi", "1.2.3", "1e3Ki", "."]) {
        it(`is not ${JSON.stringify(text)}`, () => {
            expect(parseQuantity(text)).to.equal(undefined);
            expect(() => amountOf(text)).to.throw("is not a Kubernetes quantity");
        });
    }

    it("is not negative", () => {
        expect(amountOf("0")).to.equal(0);
        expect(() => amountOf("-1")).to.throw('"-1" is not a Kubernetes quantity');
    });
});
