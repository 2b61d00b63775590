import { expect } from "chai";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { isProductionFile } from "../../scripts/preview/production";

const file = (settings: string) => `config:\n  ${settings.split("; ").join("\n  ")}\n`;

describe("the stacks whose deletions need acceptance", () => {
    const cases: [string, boolean][] = [
        ["hubspoke:role: hub", true],
        ["hubspoke:role: hub; hubspoke:lab: true", false],
        ["hubspoke:role: environment; hubspoke:environment: prod", true],
        ["hubspoke:role: environment; hubspoke:environment: staging", false],
        ["hubspoke:role: environment; hubspoke:environment: staging; hubspoke:production: true", true],
        ["hubspoke:role: environment; hubspoke:environment: prod; hubspoke:production: false", false],
        ["hubspoke:role: environment", true],
        ["other: [", true],
    ];
    for (const [settings, expected] of cases) {
        it(`${settings} is ${expected ? "" : "no "}production`, () => {
            expect(isProductionFile(file(settings))).to.equal(expected);
        });
    }

    it("is prod of the delivered stack files, and not staging", () => {
        const found = ["staging", "prod"].filter((stack) =>
            isProductionFile(readFileSync(path.join(__dirname, `fixtures/Pulumi.${stack}.yaml`), "utf8")),
        );
        expect(found).to.deep.equal(["prod"]);
    });
});
