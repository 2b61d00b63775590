import { expect } from "chai";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";

const root = path.resolve(__dirname, "../..");

function pagesIn(folder: string): string[] {
    const files = readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" });
    return files.filter((file) => file.endsWith(".md")).map((file) => path.join(folder, file));
}

const pages = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", ...pagesIn("docs")];

/** The anchors that GitHub gives to a page's headings. */
function anchorsOf(page: string): string[] {
    const headings = readFileSync(path.join(root, page), "utf8").matchAll(/^#+ (.*)$/gm);
    return [...headings].map(([, heading = ""]) => {
        const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
        return text.replace(/[^\p{L}\p{N}_\- ]/gu, "").replaceAll(" ", "-");
    });
}

/** Where the links of a page lead that stay in the repository: file and anchor. */
function linksOf(page: string): { link: string; file: string; anchor: string }[] {
    const links = readFileSync(path.join(root, page), "utf8").matchAll(/\]\(([^)\s]+)\)/g);
    return [...links].flatMap(([, link = ""]) => {
        const [file = "", anchor = ""] = link.split("#");
        const target = file === "" ? page : path.join(path.dirname(page), file);
        return /^[a-z]+:/.test(link) ? [] : [{ link, file: target, anchor }];
    });
}

describe("the links in the documentation", () => {
    for (const page of pages) {
        it(`of ${page} lead to files and headings that exist`, () => {
            const broken = linksOf(page).filter(({ file, anchor }) => {
                const isThere = existsSync(path.join(root, file));
                return !isThere || (anchor !== "" && file.endsWith(".md") && !anchorsOf(file).includes(anchor));
            });
            expect(broken.map(({ link }) => link)).to.deep.equal([]);
        });
    }
});
