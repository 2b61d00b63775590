import { expect } from "chai";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { run } from "../../lab/processes/run";
import { pulumiEnvironment } from "../../lab/stacks/environment";
import { oddTexts, plainTexts } from "../support/oddTexts";
import { atTop, inside, plainInYaml, setByPath } from "../support/pulumiValues";

/** A program that only writes down which settings it got. */
const program = 'require("node:fs").writeFileSync("got.json", process.env.PULUMI_CONFIG);\n';

describe("settings as the real Pulumi hands them over", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "lab-values-"));
    const stackFile = path.join(folder, "Pulumi.values.yaml");
    const pulumi = async (...args: string[]) => {
        const env = { ...pulumiEnvironment(), PULUMI_OPTION_CWD: folder, PULUMI_BACKEND_URL: `file://${folder}` };
        const { ok, output } = await run("pulumi", [...args, "--stack", "values"], { env, timeoutMs: 60_000 });
        expect(ok, output).to.equal(true);
    };
    let got: Record<string, string> = {};
    const insideOf = (key: string) => JSON.parse(got[`hubspoke:${key}`] ?? "") as unknown[];

    before(async () => {
        fs.writeFileSync(path.join(folder, "Pulumi.yaml"), "name: hubspoke\nruntime: {name: nodejs, options: {typescript: false}}\n");
        fs.writeFileSync(path.join(folder, "package.json"), '{"main": "index.js"}\n');
        fs.writeFileSync(path.join(folder, "index.js"), program);
        fs.symlinkSync(path.resolve(__dirname, "../../node_modules"), path.join(folder, "node_modules"));
        await pulumi("stack", "init");
        const byHand = [
            "config:",
            ...plainTexts.map((text, index) => `  hubspoke:plain${index}: ${text}`),
            "  hubspoke:plain:",
            ...plainTexts.map((text) => `    - ${text}`),
            "  hubspoke:quoted:",
            ...oddTexts.map((text) => `    - ${JSON.stringify(text)}`),
        ];
        fs.appendFileSync(stackFile, `${byHand.join("\n")}\n`);
        const each = (flag: string, name: (index: number) => string) =>
            oddTexts.flatMap((text, index) => [flag, `hubspoke:${name(index)}=${text}`]);
        await pulumi("config", "set-all", ...each("--plaintext", (index) => `set${index}`), ...each("--secret", (index) => `hidden${index}`));
        await pulumi("config", "set-all", "--path", ...each("--plaintext", (index) => `set[${index}]`));
        await pulumi("config", "set-all", "--path", ...each("--secret", (index) => `hidden[${index}]`));
        await pulumi("preview", "--non-interactive");
        got = JSON.parse(fs.readFileSync(path.join(folder, "got.json"), "utf8")) as Record<string, string>;
    });
    after(() => fs.rmSync(folder, { recursive: true }));

    it("changes what stands without quotes in the stack file as the model of the unit tests says", () => {
        const top = plainTexts.map((text, index) => [text, got[`hubspoke:plain${index}`]]);
        expect(top).to.deep.equal(plainTexts.map((text) => [text, atTop(plainInYaml(text))]));
        expect(insideOf("plain")).to.deep.equal(plainTexts.map((text) => inside(plainInYaml(text))));
    });

    it("leaves text in quotes, secrets, and what pulumi config set sets without --path", () => {
        expect(insideOf("quoted")).to.deep.equal(oddTexts);
        expect(insideOf("hidden")).to.deep.equal(oddTexts);
        expect(oddTexts.map((_, index) => got[`hubspoke:set${index}`])).to.deep.equal(oddTexts);
        expect(oddTexts.map((_, index) => got[`hubspoke:hidden${index}`])).to.deep.equal(oddTexts);
    });

    it("makes numbers, true and false of what pulumi config set --path sets, as the model says", () => {
        expect(insideOf("set")).to.deep.equal(oddTexts.map((text) => inside(setByPath(text))));
    });
});
