import { expect } from "chai";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { parseAllDocuments } from "yaml";
import agentRules from "../../components/account/agentRules.json";
import { readingLogs } from "../../components/account/grants";
import type { PolicyRule } from "../../scripts/generate/rules";

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
