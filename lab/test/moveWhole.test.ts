import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { moveWhole } from "../tools/moveWhole";

describe("a folder that is moved to its place", () => {
    let root: string;
    beforeEach(() => (root = fs.mkdtempSync(path.join(os.tmpdir(), "hubspoke-move-"))));
    afterEach(() => fs.rmSync(root, { recursive: true }));

    /** A folder with a file of that content. */
    function folderWith(name: string, file: string, content: string): string {
        const folder = path.join(root, name);
        fs.mkdirSync(folder);
        fs.writeFileSync(path.join(folder, file), content);
        return folder;
    }

    const place = () => path.join(root, "place");
    const move = (folder: string) => moveWhole(folder, place(), path.join(place(), "tool"));
    const tool = () => fs.readFileSync(path.join(place(), "tool"), "utf8");

    it("is there alone", () => {
        move(folderWith("temporary", "tool", "ours"));
        expect(tool()).to.equal("ours");
        expect(fs.readdirSync(root)).to.deep.equal(["place"]);
    });

    it("gives way to that of another process, and leaves nothing", () => {
        folderWith("place", "tool", "theirs");
        move(folderWith("temporary", "tool", "ours"));
        expect(tool()).to.equal("theirs");
        expect(fs.readdirSync(root)).to.deep.equal(["place"]);
    });

    it("is refused with the remedy where the place has something else, and leaves nothing", () => {
        folderWith("place", "other", "");
        const temporary = folderWith("temporary", "tool", "ours");
        expect(() => move(temporary)).to.throw(/place has no .*tool: ENOTEMPTY.*\. Delete that folder$/);
        expect(fs.readdirSync(root)).to.deep.equal(["place"]);
    });
});
