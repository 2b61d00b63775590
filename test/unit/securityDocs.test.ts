import { expect } from "chai";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { parseAllDocuments } from "yaml";
import agentRules from "../../rules/agent.json";
import { readingLogs } from "../../components/account/grants";
import type { PolicyRule } from "../../components/account/rules";

const folder = path.resolve(__dirname, "../../docs/rbac");

function rulesIn(file: string): PolicyRule[] {
    const documents = parseAllDocuments(readFileSync(path.join(folder, file), "utf8"));
    return documents.flatMap((document) => (document.toJS() as { rules?: PolicyRule[] }).rules ?? []);
}

describe("the rights in docs/rbac to run an environment's stack", () => {
    it("include on a spoke all rights that the stack gives to Argo CD", () => {
        const held = rulesIn("spoke.yaml").map((rule) => JSON.stringify(rule));
        const given = [...agentRules, readingLogs];
        expect(held).to.include.members(given.map((rule) => JSON.stringify(rule)));
    });

    it("have no wildcard, and cannot widen themselves", () => {
        for (const { apiGroups, resources, verbs } of [...rulesIn("hub.yaml"), ...rulesIn("spoke.yaml")]) {
            expect([...apiGroups, ...resources, ...verbs]).not.to.include("*");
            expect(resources).not.to.include.members(["clusterroles"]);
            expect(verbs).not.to.include.members(["escalate"]);
            expect(verbs).not.to.include.members(["bind"]);
            expect(verbs).not.to.include.members(["impersonate"]);
        }
    });
});

describe("what docs/security.md says that a hostile chart cannot change", () => {
    it("is nothing that the Role of the agent's chart allows: the network policies are not among it", () => {
        const page = readFileSync(path.resolve(folder, "../security.md"), "utf8");
        const [, , limits = "", open = ""] = /^\| \*\*a hostile chart\*\*.*$/m.exec(page)?.[0].split(" | ") ?? [];
        const changed = agentRules.flatMap(({ resources, verbs }) => (verbs.includes("update") ? resources : []));
        expect(limits).to.include("a quota, limits and a Pod Security level that Argo CD may not change");
        expect(changed).not.to.include.members(["resourcequotas"]);
        expect(changed).not.to.include.members(["limitranges"]);
        expect(changed).not.to.include.members(["namespaces"]);
        expect(changed).to.include("networkpolicies");
        expect(limits).not.to.include("network polic");
        expect(open).to.include("NetworkPolicies");
    });
});

describe("the findings of the threat model in docs/security.md", () => {
    const root = path.resolve(__dirname, "../..");
    const read = (file: string) => readFileSync(path.join(root, file), "utf8");
    const rows = [...read("docs/security.md").matchAll(/^\| \*\*(ATM-\d{3})\*\* \((\w+)\) (.+) \| (.*) \|$/gm)].map(
        ([, id = "", priority = "", , rest = ""]) => ({ id, priority, test: rest.split(" | ").at(-1) ?? "" }),
    );

    it("are all nineteen, each once, with the priorities of the report", () => {
        const ids = Array.from({ length: 19 }, (_, index) => `ATM-${String(index + 1).padStart(3, "0")}`);
        expect(rows.map(({ id }) => id)).to.deep.equal(ids);
        const of = (wanted: string) => rows.filter(({ priority }) => priority === wanted).map(({ id }) => id.slice(-2));
        expect(of("high")).to.deep.equal(["03", "04", "06", "11", "18", "19"]);
        expect(of("low")).to.deep.equal(["09", "12"]);
        expect(of("medium")).to.have.length(11);
    });

    it("name tests that exist and that run, or say why there is none", () => {
        const suites = readdirSync(path.join(root, "test/lab/suites")).map((name) => read(`test/lab/suites/${name}`)).join("\n");
        for (const { id, test } of rows) {
            const named = [...test.matchAll(/`([^`]+)`/g)].map(([, file = ""]) => file);
            expect(named.length > 0 || /^none: .+/.test(test), `${id}: ${test}`).to.equal(true);
            for (const file of named) {
                expect(existsSync(path.join(root, file)), `${id}: ${file} does not exist`).to.equal(true);
                if (file.startsWith("test/lab/")) {
                    expect(suites, `${id}: no suite runs ${file}`).to.include(`"../${path.basename(file, ".ts")}"`);
                }
            }
        }
    });
});
