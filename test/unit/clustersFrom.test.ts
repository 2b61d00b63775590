import { expect } from "chai";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { refuseVanished } from "../../preflight/removals";
import { setPins } from "../../scripts/support/stackFile";
import { parseSettings } from "../../settings";
import { withSource } from "../../settings/clusterSource";
import type { EnvironmentSettings } from "../../settings/environment";
import { failure } from "./support/failure";
import { registration } from "./support/registration";

const stack = "organization/hubspoke/prod";

describe("clusters from a file or a command", () => {
    let folder: string;

    beforeEach(() => {
        folder = mkdtempSync(path.join(os.tmpdir(), "clusters-"));
        writeFileSync(path.join(folder, "clusters.yaml"), "a: { context: a, labels: { region: eu } }\nb: { context: b, labels: { region: us } }\n");
    });

    afterEach(() => rmSync(folder, { recursive: true }));

    const given = (clustersFrom: object, clusters: object = {}) => ({
        role: "environment",
        environment: "prod",
        hub: { context: "hub" },
        clustersFrom,
        clusters,
    });
    const settings = async (clustersFrom: object, clusters: object = {}) =>
        parseSettings(await withSource(given(clustersFrom, clusters), folder)) as EnvironmentSettings;

    it("are validated like all others, and have what the stack file adds", async () => {
        const { clusters } = await settings({ file: "clusters.yaml" }, { b: { revision: "v1.2.0", labels: { tier: "gold" } } });
        expect(Object.keys(clusters)).to.deep.equal(["a", "b"]);
        expect(clusters.b).to.deep.include({ context: "b", revision: "v1.2.0", labels: { deploy: "true", region: "us", tier: "gold" } });
        writeFileSync(path.join(folder, "clusters.yaml"), "a: { context: a, label: { region: eu } }\n");
        expect(await failure(settings({ file: "clusters.yaml" }))).to.match(/hubspoke:clusters\.a\.label: is not a setting\. Write labels/);
    });

    it("come from a command without a shell, in Pulumi's form of the settings too", async () => {
        const from = JSON.stringify({ command: ["cat", "clusters.yaml"] });
        const values = await withSource({ ...given({}), clustersFrom: from, clusters: '{"a":{"revision":"v2"}}' }, folder);
        expect(values.clusters).to.deep.equal({
            a: { context: "a", labels: { region: "eu" }, revision: "v2" },
            b: { context: "b", labels: { region: "us" } },
        });
    });

    it("leave what is in the list of removed ones, and the pins of one that vanished", async () => {
        const added = { a: { revision: "v1" }, gone: { revision: "v1" } };
        const { clusters } = await settings({ file: "clusters.yaml", removed: ["a"] }, added);
        expect(Object.keys(clusters)).to.deep.equal(["b"]);
    });

    it("stay with clusters that the stack file itself has, whole or with a mistake that the settings then name", async () => {
        const own = { c: { context: "c", labels: { region: "eu" } }, d: { kubeconfig: "{}", labels: { region: "eu" } } };
        const values = await withSource(given({ file: "clusters.yaml" }, { ...own, e: "text", f: [], gone: { revision: "v1" } }), folder);
        expect(Object.keys(values.clusters as object)).to.deep.equal(["a", "b", "c", "d", "e", "f"]);
    });

    it("say nothing of a warning in the file, which could repeat its words", async () => {
        const warnings: unknown[] = [];
        const onWarning = (warning: unknown) => warnings.push(warning);
        process.on("warning", onWarning);
        writeFileSync(path.join(folder, "clusters.yaml"), "a: !hunter2 { context: a, labels: { region: eu } }\n");
        await settings({ file: "clusters.yaml" });
        await new Promise(setImmediate);
        process.off("warning", onWarning);
        expect(warnings).to.deep.equal([]);
    });

    it("are not asked for where the settings are invalid, which the settings then say", async () => {
        expect(await failure(settings({ file: "x", command: ["y"] }))).to.match(/clustersFrom: must have exactly one of file and command/);
    });

    const problems: [what: string, from: object, problem: RegExp][] = [
        ["a file that is missing", { file: "no.yaml" }, /hubspoke:clustersFrom\.file: no\.yaml: cannot be read/],
        ["a command that fails", { command: ["false"] }, /clustersFrom\.command: false: failed \(1\)/],
        ["a command that ends by a signal", { command: ["sh", "-c", "kill -9 $$"] }, /: failed \(SIGKILL\)\. Correct it/],
        ["a command that is missing", { command: ["no-such-command"] }, /no-such-command: failed \(ENOENT\)/],
        ["no clusters", { command: ["true"] }, /clustersFrom\.command: true: is not a map of clusters/],
        ["an empty map", { command: ["echo", "{}"] }, /is not a map of clusters/],
    ];
    for (const [what, from, problem] of problems) {
        it(`are refused for ${what}`, async () => {
            expect(await failure(settings(from))).to.match(problem);
        });
    }

    it("are refused for YAML that is none, without a word of it", async () => {
        const message = await failure(settings({ command: ["sh", "-c", "echo 'a: [secret'; echo other-secret >&2"] }));
        expect(message).to.match(/>&2: line \d cannot be read as YAML. Correct it; nothing was changed$/);
        expect(message.replace(/command: .*?: line/, "")).not.to.include("secret");
    });

    const broken: [what: string, text: string, problem: string][] = [
        ["a key twice", "a: { context: a }\nb: { context: b }\na: { kubeconfig: hunter2 }\n", "line 3 has a key that its map has already"],
        ["a tab", "a:\n\tkubeconfig: hunter2\n", "line 2 is indented by a tab, and YAML takes spaces"],
        ["an alias of nothing", "a: *hunter2\n", "it cannot be read as YAML"],
    ];
    for (const [what, text, problem] of broken) {
        it(`are refused for ${what}, with the line and without its words`, async () => {
            writeFileSync(path.join(folder, "clusters.yaml"), text);
            const message = await failure(settings({ file: "clusters.yaml" }));
            expect(message).to.equal(`hubspoke:clustersFrom.file: clusters.yaml: ${problem}. Correct it; nothing was changed`);
        });
    }

    it("are never removed because they vanished, until the settings say so", async () => {
        const existing = ["a", "gone"].map((cluster) => registration({ cluster, stack }));
        const refused = await settings({ file: "clusters.yaml" });
        expect(() => refuseVanished(refused, existing, stack)).to.throw(
            /hubspoke:clusters\.gone: is registered, and neither clusters\.yaml nor .*add gone to .*From\.removed/,
        );
        refuseVanished(await settings({ file: "clusters.yaml", removed: ["gone"] }), existing, stack);
        refuseVanished(refused, [registration({ cluster: "gone", stack: "organization/hubspoke/other" })], stack);
    });

    it("may vanish from the stack file alone, where a person has removed them", () => {
        const clusters = { a: { context: "a", labels: { region: "eu" } } };
        const byHand = parseSettings({ ...given({}, clusters), clustersFrom: undefined }) as EnvironmentSettings;
        refuseVanished(byHand, [registration({ cluster: "gone", stack })], stack);
    });

    it("get their pins in the stack file", () => {
        const file = path.join(folder, "Pulumi.prod.yaml");
        writeFileSync(file, "config:\n  hubspoke:clustersFrom: {file: clusters.yaml} # inventory\n");
        const before = readFileSync(file, "utf8");
        setPins(file, "agent", { a: { revision: "v2.0.0" }, b: { revision: "v2.0.0" } });
        const text = readFileSync(file, "utf8");
        expect(text).to.include("# inventory");
        expect((parse(text) as { config: Record<string, unknown> }).config["hubspoke:clusters"]).to.deep.equal({
            a: { revision: "v2.0.0" },
            b: { revision: "v2.0.0" },
        });
        setPins(file, "agent", { a: {}, b: {} });
        expect(readFileSync(file, "utf8")).to.equal(before);
    });
});
