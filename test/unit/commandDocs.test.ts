import { expect } from "chai";
import { readFileSync, readdirSync } from "node:fs";
import * as path from "node:path";

const root = path.resolve(__dirname, "../..");
const read = (file: string) => readFileSync(path.join(root, file), "utf8");

/** Scripts of those who work on the project; CONTRIBUTING.md has them. */
const inner = /^(check|lint|types|test:unit|test:lab.*)$/;

const scripts = Object.keys((JSON.parse(read("package.json")) as { scripts: Record<string, string> }).scripts);

/** Names of the npm scripts that a text tells to run. */
function named(text: string): string[] {
    const found = text.matchAll(/npm run (?:-s |--silent )?([a-z]+(?::[a-z]+)*)/g);
    return [...found, ...text.matchAll(/npm (test)\b/g)].map(([, name = ""]) => name);
}

describe("the commands in the documentation", () => {
    it("are in README.md's table, every command of a user", () => {
        const [, table = ""] = /^## Commands\n([^]*?)(?=^## )/m.exec(read("README.md")) ?? [];
        const commands = scripts.filter((script) => !inner.test(script));
        expect([...new Set(named(table))].sort()).to.deep.equal(commands.sort());
    });

    it("exist", () => {
        const docs = readdirSync(path.join(root, "docs"), { recursive: true, encoding: "utf8" });
        const pages = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", ...docs.map((page) => path.join("docs", page))];
        for (const page of pages.filter((name) => name.endsWith(".md"))) {
            expect(scripts, page).to.include.members(named(read(page)));
        }
    });
});
