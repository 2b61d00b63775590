import { expect } from "chai";
import { readFileSync, readdirSync } from "node:fs";
import * as path from "node:path";
import { alerts } from "../../settings/alerts";
import { alertsOf } from "../../components/watch/alerts";

const folder = path.resolve(__dirname, "../../docs/runbooks");

/** A page's sections by their headings, in their order. */
function sections(page: string): [heading: string, text: string][] {
    const text = readFileSync(path.join(folder, page), "utf8");
    return [...text.matchAll(/^## (.+)\n([^]*?)(?=^## |(?![^]))/gm)].map(([, heading = "", body = ""]) => [heading, body]);
}

describe("the runbooks", () => {
    const names = alertsOf(alerts.parse({})).map(({ name }) => name);

    it("are a page for each alert, and an alert for each page", () => {
        expect(readdirSync(folder).sort()).to.deep.equal(names.map((name) => `${name}.md`).sort());
    });

    for (const name of names) {
        it(`say of ${name} what it means, three commands, and how to undo`, () => {
            expect(readFileSync(path.join(folder, `${name}.md`), "utf8")).to.match(new RegExp(`^# ${name}\n`));
            const found = sections(`${name}.md`);
            expect(found.map(([heading]) => heading)).to.deep.equal(["What it means", "First three commands", "How to undo"]);
            const [, commands = ""] = /^```sh\n([^]*?)```$/m.exec(found[1]?.[1] ?? "") ?? [];
            expect(commands.trim().split("\n"), commands).to.have.length(3);
            for (const [heading, text] of found) {
                expect(text.trim(), heading).not.to.equal("");
            }
        });
    }

    it("link only to pages that there are", () => {
        for (const page of readdirSync(folder)) {
            const text = readFileSync(path.join(folder, page), "utf8");
            for (const [, link = ""] of text.matchAll(/\]\((?!https?:)([^)#]+)/g)) {
                expect(() => readFileSync(path.join(folder, link)), `${page}: ${link}`).not.to.throw();
            }
        }
    });
});
