import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import agentRules from "../../components/account/agentRules.json";
import { chartFolder, type KindReference, type PolicyRule, rulesFor } from "../../scripts/generate/rules";

/** The kinds in the chart's templates: `apiVersion` and `kind` at the start of a line, so no references. */
function templateKinds(): KindReference[] {
    const templates = path.join(chartFolder, "templates");
    return readdirSync(templates)
        .filter((name) => name.endsWith(".yaml"))
        .flatMap((name) => {
            const text = readFileSync(path.join(templates, name), "utf8");
            return [...text.matchAll(/^apiVersion: (?<apiVersion>\S+)\nkind: (?<kind>\S+)$/gm)];
        })
        .map(({ groups }) => ({ apiVersion: groups?.apiVersion ?? "", kind: groups?.kind ?? "" }));
}

/** Single rights, such as `get apps/deployments`. */
function rights(rules: PolicyRule[]): string[] {
    return rules.flatMap(({ apiGroups, resources, verbs }) =>
        apiGroups.flatMap((group) =>
            resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`)),
        ),
    );
}

describe("the rules that Argo CD has on a spoke", () => {
    it("are there for a chart with a dozen kinds", () => {
        const kinds = templateKinds().map(({ kind }) => kind);
        expect(kinds).to.include.members(["Deployment", "Service", "Ingress"]);
        expect(templateKinds()).to.have.length.above(10);
    });

    for (const kind of templateKinds()) {
        it(`cover ${kind.kind} (${kind.apiVersion}) and the objects that it owns`, () => {
            const given = rights(agentRules);
            const missing = rights(rulesFor([kind])).filter((right) => !given.includes(right));
            expect(missing).to.deep.equal([]);
        });
    }

    it("give no right that the chart does not need", () => {
        const needed = rights(rulesFor(templateKinds()));
        expect(rights(agentRules).filter((right) => !needed.includes(right))).to.deep.equal([]);
    });

    it("never reach Secrets, and have no wildcard", () => {
        const resources = agentRules.flatMap((rule) => rule.resources);
        expect(resources).not.to.include("secrets");
        expect(JSON.stringify(agentRules)).not.to.include("*");
    });

    it("do not depend on the order of the kinds", () => {
        expect(rulesFor(templateKinds().reverse())).to.deep.equal(rulesFor(templateKinds()));
    });

    it("cannot be made for an unknown kind", () => {
        expect(() => rulesFor([{ apiVersion: "batch/v1", kind: "CronJob" }])).to.throw(
            "The chart contains batch/v1 CronJob, which scripts/generate/rules.ts does not know",
        );
    });
});
