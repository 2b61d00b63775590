import { expect } from "chai";
import { InputError } from "../../settings/inputError";
import { exitCodeOf, failures, finding, linesOf, ok } from "../../scripts/doctor/finding";
import { checkHosts } from "../../scripts/doctor/hosts";
import { isSkewed, judgeMachine, type MachineFacts } from "../../scripts/doctor/machine";
import { version as sdk } from "@pulumi/pulumi/package.json";
import { version as kubernetes } from "@pulumi/kubernetes/package.json";

describe("what the doctor prints", () => {
    it("is a reason, and a remedy on a line of its own", () => {
        const text = "hubspoke:cluster.context: the kubeconfig has no context \"hub\". It has: a.b, c. Write one of these";
        expect(finding("fail", text)).to.deep.equal({
            level: "fail",
            text: "hubspoke:cluster.context: the kubeconfig has no context \"hub\". It has: a.b, c",
            remedy: "Write one of these",
        });
        expect(finding("fail", "it failed").remedy).to.equal(undefined);
    });

    it("is one finding for each problem of an error", () => {
        const error = new InputError("2 checks failed; nothing was changed.\n  hubspoke:a: is bad. Write b\n  hubspoke:c: is\n    worse. Go");
        expect(failures(error)).to.deep.equal([
            { level: "fail", text: "hubspoke:a: is bad", remedy: "Write b" },
            { level: "fail", text: "hubspoke:c: is worse", remedy: "Go" },
        ]);
        expect(failures(new Error("pulumi failed: error: x"))).to.have.length(1);
    });

    it("has at most 80 columns, where a word is not longer", () => {
        const lines = linesOf(finding("warn", `${"word ".repeat(30).trim()}. Do ${"this ".repeat(30).trim()}`));
        expect(lines.every((line) => line.length <= 80)).to.equal(true);
        expect(lines[0]).to.match(/^ {2}warn {2}word word/).and.have.length.greaterThan(70);
        expect(lines[1]).to.match(/^ {8}word/);
        expect(lines.some((line) => line.startsWith("        → Do this"))).to.equal(true);
        expect(linesOf(ok("a ".repeat(3) + "x".repeat(100)))).to.deep.equal(["  ok    a a a", `        ${"x".repeat(100)}`]);
    });

    it("ends with 1 for a failure, with 2 for what was not checked, and with 0 for warnings", () => {
        const [fail, unknown, warn] = (["fail", "unknown", "warn"] as const).map((level) => finding(level, "x"));
        expect(exitCodeOf([ok("x"), warn!])).to.equal(0);
        expect(exitCodeOf([unknown!, warn!])).to.equal(2);
        expect(exitCodeOf([unknown!, fail!])).to.equal(1);
    });
});

describe("the doctor's look at this machine", () => {
    const whole: MachineFacts = {
        node: "22.1.0",
        pulumi: sdk,
        git: "2.39.5",
        kubectl: "1.37.0",
        helm: "3.22.0",
        plugins: { kubernetes: [kubernetes.replace(/^v/, "")], random: ["4.21.2"], "kubernetes-cert-manager": ["0.2.0"] },
    };
    const bad = (facts: Partial<MachineFacts>) =>
        judgeMachine({ ...whole, ...facts }).filter(({ level }) => level !== "ok").map(({ level, text }) => `${level} ${text}`);

    it("has no complaint about one with all tools", () => {
        expect(bad({})).to.deep.equal([]);
    });

    const cases: [string, Partial<MachineFacts>, RegExp][] = [
        ["an old Node", { node: "20.18.3" }, /^fail node 20\.18\.3 is older than 20\.19\.0/],
        ["no pulumi", { pulumi: undefined }, /^fail pulumi is not on PATH/],
        ["an old pulumi", { pulumi: "3.99.0" }, /^fail pulumi 3\.99\.0 is older than the program's package/],
        ["a plugin of another version", { plugins: { ...whole.plugins, random: ["4.0.0"] } }, /^warn Pulumi's plugins random 4\.21\.2 are/],
        ["no git", { git: undefined }, /^fail git is not on PATH/],
        ["no kubectl", { kubectl: undefined }, /^warn kubectl is not on PATH/],
        ["no helm", { helm: undefined }, /^unknown helm is not on PATH/],
    ];
    for (const [name, facts, expected] of cases) {
        it(`names ${name}`, () => {
            const found = bad(facts);
            expect(found).to.have.length(1);
            expect(found[0]).to.match(expected);
        });
    }

    it("compares kubectl with a server by their minor versions", () => {
        expect([isSkewed("1.32.4", "v1.33.1-eks-1"), isSkewed("1.35.0", "v1.33.9"), isSkewed("1.31.0", "v1.33.0")]).to.deep.equal([
            false, true, true,
        ]);
    });
});

describe("the doctor's questions to DNS", () => {
    it("are about names alone: not about addresses", async () => {
        expect(await checkHosts([{ what: "an API server", url: "https://127.0.0.1:6443" }])).to.deep.equal([]);
    });

    it("name each host without an address, and what it is for", async () => {
        const found = await checkHosts([
            { what: "an API server", url: "https://localhost:6443" },
            { what: "the agent's repository", url: "git@no-such-host.invalid:agent.git" },
        ]);
        expect(found[0]).to.deep.equal(ok("DNS: localhost"));
        expect(found[1]?.level).to.equal("fail");
        expect(found[1]?.text).to.match(/^no-such-host\.invalid, the agent's repository: DNS gives no address \(E/);
    });
});
