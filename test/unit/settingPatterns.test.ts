import { expect } from "chai";
import * as fs from "node:fs";
import * as path from "node:path";
import { checkSync } from "recheck";
import ts from "typescript";

const root = path.resolve(__dirname, "../..");

/** Every regular expression that stands in a file, with its place. */
function patternsIn(file: string): { at: string; source: string; flags: string }[] {
    const source = ts.createSourceFile(file, fs.readFileSync(path.join(root, file), "utf8"), ts.ScriptTarget.Latest, true);
    const found: { at: string; source: string; flags: string }[] = [];
    const visit = (node: ts.Node): void => {
        if (ts.isRegularExpressionLiteral(node)) {
            const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
            const end = node.text.lastIndexOf("/");
            found.push({ at: `${file}:${line}`, source: node.text.slice(1, end), flags: node.text.slice(end + 1) });
        }
        ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
}

describe("the regular expressions that read a setting", () => {
    const files = fs.readdirSync(path.join(root, "settings")).map((file) => `settings/${file}`);
    const patterns = files.flatMap(patternsIn);

    it("are all found by this test", () => {
        expect(patterns.map(({ at }) => at.split(":")[0])).to.include.members(["settings/repositories.ts", "settings/kinds.ts"]);
    });

    for (const { at, source, flags } of patterns) {
        it(`${at} take no longer than the text is long, whatever the text: /${source}/`, () => {
            const found = checkSync(source, flags, { timeout: 15_000 });
            expect(found.status, found.status === "vulnerable" ? found.complexity.summary : "").to.equal("safe");
        });
    }

    it("would be refused in their former version", () => {
        const { status } = checkSync("^((#.*|[^\\s|]\\S* \\S+ [A-Za-z0-9+/=]+( .*)?)?(\\n|$))*$", "");
        expect(status).to.equal("vulnerable");
    });
});
