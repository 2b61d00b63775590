import { expect } from "chai";
import { chmodSync, linkSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { addSetting, restoreSettings, setPins, writeStackFile } from "../../scripts/support/stackFile";

describe("a stack file that a command writes", () => {
    let folder: string;
    const at = (name: string) => path.join(folder, name);
    beforeEach(() => void (folder = mkdtempSync(path.join(os.tmpdir(), "files-"))));
    afterEach(() => rmSync(folder, { recursive: true }));

    it("is replaced as a whole: who has the old one open still reads all of it", () => {
        writeFileSync(at("Pulumi.prod.yaml"), "old");
        chmodSync(at("Pulumi.prod.yaml"), 0o640);
        linkSync(at("Pulumi.prod.yaml"), at("open"));
        writeStackFile(at("Pulumi.prod.yaml"), "new");
        expect([readFileSync(at("open"), "utf8"), readFileSync(at("Pulumi.prod.yaml"), "utf8")]).to.deep.equal(["old", "new"]);
        expect(statSync(at("Pulumi.prod.yaml")).mode & 0o777).to.equal(0o640);
        expect(readdirSync(folder)).to.have.members(["Pulumi.prod.yaml", "open"]);
    });

    it("stays a link to where it is", () => {
        writeFileSync(at("actual"), "old");
        symlinkSync(at("actual"), at("Pulumi.prod.yaml"));
        writeStackFile(at("Pulumi.prod.yaml"), "new");
        expect(lstatSync(at("Pulumi.prod.yaml")).isSymbolicLink()).to.equal(true);
        expect(readFileSync(at("actual"), "utf8")).to.equal("new");
    });

    const restored = (before: string, written: string, now: string) => {
        writeFileSync(at("Pulumi.prod.yaml"), now);
        restoreSettings(at("Pulumi.prod.yaml"), [["clusters", "a", "quarantined"]], before, written);
        return readFileSync(at("Pulumi.prod.yaml"), "utf8");
    };
    const file = (...lines: string[]) => `config:\n  hubspoke:clusters:\n${lines.map((line) => `    ${line}\n`).join("")}`;

    it("is as it was after a setting is taken back", () => {
        expect(restored("config:   {}\n", "config: {}\n", "config: {}\n")).to.equal("config:   {}\n");
    });

    it("keeps what another command has changed in it when a setting is taken back", () => {
        const rotated = "b: { generation: 2 }";
        expect(restored(file("b: {}"), file("b: {}", "a: { quarantined: true }"), file(rotated, "a: { quarantined: true }"))).to.equal(file("b: {generation: 2}"));
        expect(restored(file("a: {}"), file("a: { quarantined: true }"), file("a: { quarantined: true, revision: v1 }"))).to.equal(file("a: {revision: v1}"));
        expect(restored(file("a: { quarantined: true }"), file("a: {}"), file("a: {}", rotated))).to.equal(
            file("a: {quarantined: true}", "b: {generation: 2}"),
        );
    });

    it("keeps a person's change when a failed move of the users is taken back, and loses its own", () => {
        const traffic = (settings: string, more = "") => `config:\n  hubspoke:traffic: ${settings}\n${more}`;
        const back = (before: string, written: string, now: string) => {
            writeFileSync(at("Pulumi.hub.yaml"), now);
            restoreSettings(at("Pulumi.hub.yaml"), [["traffic", "active"], ["traffic", "acknowledge"]], before, written);
            return readFileSync(at("Pulumi.hub.yaml"), "utf8");
        };
        const moved = "{active: dr, acknowledge: move-2}";
        const more = "  hubspoke:fleet: large\n";
        expect(back(traffic("{active: prod}"), traffic(moved), traffic(moved, more))).to.equal(traffic("{active: prod}", more));
        expect(back(traffic("{active: prod}"), traffic(moved), traffic("{active: prod}", more))).to.equal(traffic("{active: prod}", more));
    });

    const shared: [string, string, string][] = [
        ["an anchor that another cluster uses", "    a: &one { context: x, revision: v1 }\n    b: *one\n", "a"],
        ["an alias", "    b: &one { context: x, revision: v1 }\n    a: *one\n", "a"],
        ["an anchor that another cluster merges", "    a: &one { context: x, revision: v1 }\n    b: { <<: *one }\n", "a"],
        ["a revision with an anchor", "    a: { revision: &one v1 }\n    b: { revision: *one }\n", "a.revision"],
    ];
    for (const [name, clusters, setting] of shared) {
        it(`is refused and stays as it is where a pin would reach another cluster: ${name}`, () => {
            const text = `config:\n  hubspoke:clusters:\n${clusters}`;
            writeFileSync(at("Pulumi.prod.yaml"), text);
            for (const pin of [{ revision: "v2" }, {}]) {
                expect(() => setPins(at("Pulumi.prod.yaml"), "agent", { a: pin })).to.throw(
                    `hubspoke:clusters.${setting} in the stack file is shared with other settings by the YAML anchor "one", ` +
                        "so it cannot be changed alone. Write it out at each place, without &one and *one",
                );
                expect(readFileSync(at("Pulumi.prod.yaml"), "utf8")).to.equal(text);
            }
        });
    }

    it("keeps anchors that share nothing of what is changed", () => {
        const text = "config:\n  hubspoke:labels: &l {team: a}\n  hubspoke:clusters:\n    a: {labels: *l}\n    b: &b {context: b}\n";
        writeFileSync(at("Pulumi.prod.yaml"), text);
        setPins(at("Pulumi.prod.yaml"), "agent", { a: { revision: "v2" } });
        addSetting(at("Pulumi.prod.yaml"), ["clusters", "b", "quarantined"], true);
        expect(readFileSync(at("Pulumi.prod.yaml"), "utf8")).to.equal(
            text.replace("labels: *l", "labels: *l, revision: v2").replace("context: b", "context: b, quarantined: true"),
        );
    });
});
