import { expect } from "chai";
import fc from "fast-check";
import type { Application, Placed } from "../../scripts/preview/applications";
import { sameRepository } from "../../scripts/preview/chart";
import { comment, type CommentArgs, isRefused, marker } from "../../scripts/preview/comment";
import { compareApplications } from "../../scripts/preview/compareApplications";
import { dangers } from "../../scripts/preview/danger";
import { commentLimit, fit, whole } from "../../scripts/preview/fit";
import { difference, type ManifestChange } from "../../scripts/preview/manifests";
import { masked } from "../../scripts/preview/mask";
import { change, cluster, preview } from "./support/previews";

const production = new Set(["prod"]);
const secret = "kubernetes:core/v1:Secret";

function args(given: Partial<Omit<CommentArgs, "dangers">>): CommentArgs {
    const all = { previews: [], applications: [], manifests: [], notes: [], accepted: false, ...given };
    return { ...all, dangers: dangers({ ...all, production }) };
}

function placed(name: string, region = "eu", labels: Record<string, string> = {}): [string, Placed] {
    const application = {
        metadata: { name: `agent-${name}` },
        spec: { source: { repoURL: "https://git", targetRevision: "main", path: "helm" }, destination: { server: region } },
    } as unknown as Application;
    return [`agent-${name}`, { application, cluster: cluster(name, labels) }];
}

const gone: ManifestChange = { application: "agent-prod", cluster: "prod", when: "merged", gone: ["Service agent"], diff: "-a\n" };

describe("the comment on a change", () => {
    const deletes = args({
        previews: [
            preview("hub", [change("same", secret, "a")]),
            preview("staging", [change("create", secret, "b"), change("replace", secret, "c")]),
            preview("prod", [
                change("create", "hubspoke:index:Spoke", "prod-eu"),
                change("update", secret, "d", { paths: ["metadata.labels"] }),
                change("delete", secret, "e"),
                change("delete", "random:index/randomString:RandomString", "f"),
            ]),
        ],
    });

    it("has a table of all stacks, the dangerous ones first and marked", () => {
        const { text } = comment(deletes);
        expect(text).to.match(new RegExp(`^${marker}\n## Preview: ❌ it deletes something in production; the label`));
        expect(text.split("\n").filter((line) => /\| (hub|staging|prod) \|/.test(line))).to.deep.equal([
            "| 🔴 | prod | 2 | 0 | 1 | 1 |",
            "| 🟠 | staging | 0 | 1 | 0 | 1 |",
            "|  | hub | 0 | 0 | 0 | 0 |",
        ]);
        expect(text).to.include(
            "- 🔴 prod **deletes** `kubernetes:core/v1:Secret` `e` (production)\n- 🟠 staging **replaces**",
        );
    });

    it("names each stack's resources, deletions first, and not the components that group them", () => {
        const { text } = comment(deletes);
        expect(text.slice(text.indexOf("### prod")).split("\n").slice(4, 8)).to.deep.equal([
            "| ⚠️ | delete | `kubernetes:core/v1:Secret` | `e` |  |",
            "|  | delete | `random:index/randomString:RandomString` | `f` |  |",
            "|  | update | `kubernetes:core/v1:Secret` | `d` | `metadata.labels` |",
            "",
        ]);
    });

    it("refuses a deletion in production until it is accepted, and no other", () => {
        expect(isRefused(deletes)).to.equal(true);
        const accepted = { ...deletes, accepted: true };
        expect(isRefused(accepted)).to.equal(false);
        expect(comment(accepted).text).to.include("⚠️ 2 dangerous changes, accepted in production by a label");
        const elsewhere = args({ previews: [preview("staging", [change("delete", secret, "c")])] });
        expect(isRefused(elsewhere)).to.equal(false);
        expect(comment(elsewhere).text).to.include("⚠️ 1 dangerous change\n");
    });

    it("reports no change, a harmless change, or a stack that cannot be brought up", () => {
        const verdict = (given: Parameters<typeof args>[0]) => /## Preview: (.*)/.exec(comment(args(given)).text)?.[1];
        expect(verdict({ previews: [preview("prod", [change("same", secret, "a")])] })).to.equal("✅ no change");
        expect(verdict({ previews: [preview("prod", [change("create", secret, "a")])] })).to.equal("✅ nothing dangerous");
        const violation = { policy: "labels", level: "mandatory", message: "has no | label" };
        const broken = args({ previews: [preview("prod", [], { ok: false, text: "error: no", violations: [violation] })] });
        const { text, folds } = comment(broken);
        expect(text).to.include("❌ prod cannot be deployed with this change");
        expect(text).to.include("❌ prod: **mandatory** labels: has no | label");
        expect(folds).to.deep.equal([{ title: "prod: error", language: "diff", text: "error: no" }]);
    });

    it("colours Pulumi's marks, and moves them to the start of the line", () => {
        const text = "  + kubernetes:core/v1:Secret: (create)\n    ~ a: 1\n    +-kubernetes:x: (replace)\n        text - with a dash";
        const { folds } = comment(args({ previews: [preview("prod", [change("create", secret, "a")], { text })] }));
        expect(folds[0]?.text.split("\n")).to.deep.equal([
            "+   kubernetes:core/v1:Secret: (create)",
            "!     a: 1",
            "!   +-kubernetes:x: (replace)",
            "        text - with a dash",
        ]);
    });
});

describe("Applications before and after a change", () => {
    const kept = { after: { applicationSets: [], clusters: [cluster("prod"), cluster("dr")], kept: ["prod"] } };

    it("appear, vanish, change or stay; a protected one is kept while its cluster is registered", () => {
        const before = new Map([placed("prod"), placed("dr"), placed("left"), placed("moves"), placed("stays")]);
        const after = new Map([placed("moves", "us"), placed("stays"), placed("new")]);
        const seen = compareApplications(before, after, kept).map(({ name, what, kept: isKept, differences }) => {
            return [name, what, isKept, differences];
        });
        expect(seen).to.deep.equal([
            ["agent-dr", "vanishes", false, []],
            ["agent-left", "vanishes", false, []],
            ["agent-moves", "changes", false, ["spec.destination.server: eu → us"]],
            ["agent-new", "appears", false, []],
            ["agent-prod", "vanishes", true, []],
            ["agent-stays", "stays", false, []],
        ]);
    });

    it("that vanish from production fail the check, kept by the hub or not", () => {
        const applications = compareApplications(new Map([placed("prod")]), new Map(), kept);
        const found = args({ applications, manifests: [gone] });
        expect(found.dangers.map(({ text }) => text)).to.deep.equal([
            "Application `agent-prod` **vanishes** from prod; the hub keeps it until it is annotated with " +
                "`hubspoke/allow-delete=true`",
        ]);
        expect(isRefused(found)).to.equal(true);
        expect(comment(found).text).to.include("kept by the hub | with Service agent |");
        expect(comment(found).folds).to.deep.equal([]);
    });

    for (const when of ["merged", "promoted"] as const) {
        it(`that stay, but no longer deliver an object (${when}), fail it in production`, () => {
            const applications = compareApplications(new Map([placed("prod")]), new Map([placed("prod")]), kept);
            const found = args({ applications, manifests: [{ ...gone, when }] });
            expect(found.dangers[0]?.text).to.match(/`agent-prod` \*\*deletes\*\* Service agent on prod/);
            expect(isRefused(found)).to.equal(true);
        });
    }

    it("show the same difference on many clusters once", () => {
        const names = ["a", "b", "c"];
        const all = new Map(names.map((name) => placed(name)));
        const manifests = names.map((name, index): ManifestChange => {
            return { ...gone, application: `agent-${name}`, cluster: name, gone: [], diff: index < 2 ? "+same\n" : "+other\n" };
        });
        const { folds } = comment(args({ applications: compareApplications(all, all, kept), manifests }));
        expect(folds.map(({ title }) => title)).to.deep.equal(["agent-a, agent-b: manifests", "agent-c: manifests"]);
    });
});

describe("the difference of manifests", () => {
    it("names deleted objects, and shows changes without file names", () => {
        const before = new Map([["Service a", "kind: Service\nport: 1\n"], ["Ingress b", "kind: Ingress\n"]]);
        const after = new Map([["Service a", "kind: Service\nport: 2\n"]]);
        expect(difference(before, after)).to.deep.equal({
            gone: ["Ingress b"],
            diff:
                "# Ingress b\n@@ -1,1 +0,0 @@\n-kind: Ingress\n" +
                "# Service a\n@@ -1,2 +1,2 @@\n kind: Service\n-port: 1\n+port: 2\n",
        });
        expect(difference(before, before)).to.deep.equal({ gone: [], diff: "" });
    });

    const urls: [string, string, boolean][] = [
        ["https://github.com/example/agent.git", "https://github.com/example/agent", true],
        ["https://github.com/example/agent.git", "git@github.com:example/agent.git", true],
        ["ssh://git@github.com/example/agent", "https://github.com/Example/Agent/", true],
        ["https://git.example.com:8443/a/b.git", "https://git.example.com/a/b.git", false],
        ["https://github.com/example/agent.git", "https://github.com/fork/agent.git", false],
    ];
    for (const [left, right, expected] of urls) {
        it(`needs a checkout of the agent's repository: ${left} and ${right} are ${expected ? "one" : "two"}`, () => {
            expect(sameRepository(left, right)).to.equal(expected);
        });
    }
});

describe("a comment's length", () => {
    const line = fc.string({ maxLength: 300 });
    const fold = fc.record({
        title: fc.string({ maxLength: 40 }),
        language: fc.constantFrom("diff" as const, "text" as const),
        text: fc.array(line, { maxLength: 60 }).map((lines) => lines.join("\n")),
    });

    it("stays within the limit, with any contents", () => {
        const [texts, folds] = [fc.array(line), fc.array(fold, { maxLength: 8 })];
        const limits = fc.integer({ min: 300, max: 5000 });
        fc.assert(
            fc.property(texts, folds, limits, (text, parts, limit) => {
                expect(fit(text.join("\n"), parts, limit).length).to.be.at.most(limit);
            }),
        );
    });

    it("has everything if it fits, and names the parts that do not", () => {
        const small = { title: "small", language: "diff", text: "+ a" } as const;
        const large = { title: "large", language: "diff", text: "+ line\n".repeat(20_000) } as const;
        expect(fit("text\n", [small], commentLimit)).to.equal(whole("text\n", [small]));
        const cut = fit("text\n", [small, large, small], commentLimit);
        expect(cut.length).to.be.at.most(commentLimit).and.at.least(commentLimit - 300);
        expect(cut).to.include("+ line\n… cut here; the artifact has the full text\n```");
        expect(cut).to.match(/2 parts of this comment did not fit; the artifact has the full text\.\n$/);
        expect(whole("text\n", [small, large, small])).to.include("+ line\n".repeat(19_999));
    });

    it("cannot end a code block", () => {
        const text = fit("", [{ title: "a", language: "diff", text: "```\n<script>\n````" }], commentLimit);
        expect(text).to.include("`````diff\n```\n<script>\n````\n`````\n");
    });
});

describe("a value without a secret mark", () => {
    const jwt = `eyJ${"a".repeat(20)}.${"b".repeat(20)}.${"c".repeat(20)}`;
    const key = "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----";
    const credentials = [jwt, key, "https://user:secret@host", `ghp_${"a".repeat(36)}`, `AKIA${"A".repeat(16)}`];
    for (const credential of credentials) {
        it(`is masked by its form: ${credential.slice(0, 12)}…`, () => {
            const text = masked(`before ${credential} and ${credential} after`);
            expect(text).to.match(/^before \[secret\]\S* and \[secret\]\S* after$/);
            expect(text).not.to.include("secret@").and.not.include("abc");
        });
    }
});
