import { expect } from "chai";
import { parse } from "yaml";
import { toYaml } from "../../components/support/yaml";

describe("YAML for the Go programs on the hub", () => {
    for (const value of ["on", "yes", "NO", "12:30:00", "012", "1_000", "0b11", "2024-01-02", "true", "~"]) {
        it(`keeps the text ${value} as text`, () => {
            expect(parse(toYaml({ value }), { version: "1.1" })).to.deep.equal({ value });
        });
    }
});
