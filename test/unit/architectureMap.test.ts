import { expect } from "chai";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import * as path from "node:path";

const root = path.resolve(__dirname, "../..");

interface Row {
    readonly change: string;
    /** Files and folders, relative to the project. */
    readonly open: readonly string[];
}

/** The rows of the table in docs/architecture.md that says where to make a change. */
function rows(): Row[] {
    const text = readFileSync(path.join(root, "docs/architecture.md"), "utf8");
    const [, section = ""] = /^## To change X, open Y\n([^]*?)(?=^## )/m.exec(text) ?? [];
    const lines = [...section.matchAll(/^\| (.+?) \| (.+) \|$/gm)].slice(2);
    return lines.map(([, change = "", open = ""]) => ({
        change,
        open: [...open.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name),
    }));
}

describe("the map in docs/architecture.md", () => {
    it("has a row for at least twenty changes, and each change once", () => {
        const changes = rows().map(({ change }) => change);
        expect(changes).to.have.length.of.at.least(20);
        expect(new Set(changes).size).to.equal(changes.length);
    });

    it("names only files and folders that exist, a folder with a slash at its end", () => {
        for (const { change, open } of rows()) {
            expect(open, change).not.to.deep.equal([]);
            for (const name of open) {
                const file = path.join(root, name);
                expect(existsSync(file), `${change}: ${name} does not exist`).to.equal(true);
                expect(statSync(file).isDirectory(), `${change}: ${name}`).to.equal(name.endsWith("/"));
            }
        }
    });

    it("reaches every folder of components/", () => {
        const named = rows().flatMap(({ open }) => open);
        const folders = readdirSync(path.join(root, "components"), { withFileTypes: true });
        for (const { name } of folders.filter((entry) => entry.isDirectory())) {
            const inside = named.filter((file) => file.startsWith(`components/${name}/`));
            expect(inside, `components/${name}/`).not.to.deep.equal([]);
        }
    });
});
