import { expect } from "chai";
import { isLabelKey, isLabelValue, isOwnLabel } from "../../settings/labels";

describe("a label of a cluster", () => {
    const keys: Readonly<Record<string, boolean>> = {
        tier: true,
        "example.com/tier": true,
        [`example.com/${"a".repeat(63)}`]: true,
        [`example.com/${"a".repeat(64)}`]: false,
        "tier/example.com": true,
        "example_com/tier": false,
        "example.com/-tier": false,
        "example.com/tier/gold": false,
        "example.com/": false,
        "/tier": false,
        "": false,
    };
    for (const [key, isOne] of Object.entries(keys)) {
        it(`${isOne ? "may" : "may not"} have the key "${key}"`, () => expect(isLabelKey(key)).to.equal(isOne));
    }

    it("may be empty, and is otherwise like the name in a key", () => {
        expect(["", "gold", "eu_west.1", "-gold", "a/b"].map(isLabelValue)).to.deep.equal([true, true, true, false, false]);
    });

    it("is the program's own by its name or its prefix", () => {
        const own = ["environment", "hubspoke/stack", "team.hubspoke/stack"];
        expect([...own, "myhubspoke/stack", "a/hubspoke/stack", "tier"].map(isOwnLabel)).to.deep.equal(
            [true, true, true, false, false, false],
        );
    });
});
