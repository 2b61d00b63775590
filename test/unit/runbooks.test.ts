import { expect } from "chai";
import { readFileSync, readdirSync } from "node:fs";
import * as path from "node:path";
import { alerts } from "../../settings/alerts";
import { notInTheLab, runbookCommands } from "../lab/support/runbookCommands";
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

    it("link only to existing pages", () => {
        for (const page of readdirSync(folder)) {
            const text = readFileSync(path.join(folder, page), "utf8");
            for (const [, link = ""] of text.matchAll(/\]\((?!https?:)([^)#]+)/g)) {
                expect(() => readFileSync(path.join(folder, link)), `${page}: ${link}`).not.to.throw();
            }
        }
    });

    describe("in their commands", () => {
        const all = runbookCommands().map(({ command }) => command);

        it("ask the agent with GET: it answers 405 to HEAD", () => {
            expect(all.filter((command) => /curl .*(--head|-I)\b/.test(command))).to.deep.equal([]);
        });

        it("read the logs of all pods of a component, with each pod's name", () => {
            const logs = all.filter((command) => / logs /.test(command));
            expect(logs.length).to.be.greaterThan(3);
            expect(logs.filter((command) => !/ logs --selector \S+ .*--prefix/.test(command))).to.deep.equal([]);
            // With a selector kubectl shows ten lines of each pod, unless it is told how many.
            expect(logs.filter((command) => !/--tail/.test(command))).to.deep.equal([]);
        });

        it("wait for a port-forward, and end it", () => {
            const forwards = all.filter((command) => / port-forward /.test(command));
            expect(forwards).to.have.length(2);
            for (const command of forwards) {
                expect(command).to.match(/port-forward \S+ \d+ & curl .*--retry \d+ --retry-connrefused .*; kill \$!$/);
            }
        });

        it("name the prober like the setting's default", () => {
            const [service, namespace, port] = alerts.parse({}).prober.split(/[.:]/);
            const forward = `--namespace ${namespace} port-forward service/${service} ${port} &`;
            expect(all.filter((command) => command.includes(forward))).to.have.length(1);
        });

        it("are on one line each", () => {
            expect(all.filter((command) => command.includes("\n"))).to.deep.equal([]);
        });

        it("all run in the lab, except those with a reason", () => {
            for (const { command, reason } of notInTheLab) {
                expect(all.some((one) => command.test(one)), `${command.source}: ${reason}`).to.equal(true);
            }
            const run = all.filter((one) => !notInTheLab.some(({ command }) => command.test(one)));
            expect(run.filter((command) => command.includes("…"))).to.deep.equal([]);
        });
    });
});
