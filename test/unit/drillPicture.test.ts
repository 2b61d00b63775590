import { expect } from "chai";
import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { picture } from "../../lab/drill/picture";
import type { Step } from "../../lab/drill/timeline";

const docs = path.resolve(__dirname, "../../docs");
const file = path.join(docs, "drill.svg");

/** What was measured: the table of medians in docs/failover.md, below the outage itself. */
function steps(): Step[] {
    const text = readFileSync(path.join(docs, "failover.md"), "utf8");
    const [, table = ""] = /^\| seconds after the kill [^\n]*\n\|[ -|]+\n([^]*?)\n\n/m.exec(text) ?? [];
    const rows = table.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
    return [
        { what: "prod's agent and API server are killed", seconds: 0 },
        ...rows.map(([, seconds = "", what = "", settings = ""]) => {
            const [sum = "", from = ""] = settings.split(": ");
            return { what, seconds: Number.parseFloat(seconds), least: { seconds: Number(sum), from } };
        }),
    ];
}

describe("the picture of the drill in README.md", () => {
    it("is drawn from the medians in docs/failover.md", () => {
        const drawn = picture("Drill in the lab: prod is lost (medians of five drills)", steps());
        if (process.env.UPDATE_DOCS === "1") {
            writeFileSync(file, drawn);
        }
        const stale = "docs/drill.svg is stale. Run UPDATE_DOCS=1 npx mocha test/unit/drillPicture.test.ts";
        expect(readFileSync(file, "utf8") === drawn, stale).to.equal(true);
    });

    it("shows five measured steps", () => {
        expect(steps().map(({ seconds }) => seconds)).to.deep.equal([0, 2, 12.9, 25.5, 31.4, 36.4]);
    });
});
