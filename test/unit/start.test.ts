import { expect } from "chai";
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { failure } from "./support/failure";
import { statesBefore } from "./support/statesBefore";

const root = path.resolve(__dirname, "../..");

/** Runs a script in its own node, which has no hook for TypeScript. */
async function node(script: string, cwd = root): Promise<string> {
    const env = { ...process.env, NODE_OPTIONS: "" };
    const { stdout } = await promisify(execFile)(process.execPath, ["--eval", script], { cwd, env });
    return stdout.trim();
}

describe("the start of a program", function () {
    this.timeout(120_000);
    let checkout: string;
    const write = (file: string, text: string) => fs.writeFileSync(path.join(checkout, file), text);
    const run = (entry: string) => node(`require("./start/load").load("${entry}")`, checkout);

    beforeEach(() => {
        checkout = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "start-")));
        fs.cpSync(path.join(root, "start"), path.join(checkout, "start"), { recursive: true });
        fs.symlinkSync(path.join(root, "node_modules"), path.join(checkout, "node_modules"));
        write("main.ts", 'import { text } from "./text";\nimport rules from "./rules.json";\nconsole.log(text(rules));\n');
        write("text.ts", "export const text = (rules: number[]): string => `one ${rules.length}`;\n");
        write("rules.json", "[1]");
    });

    afterEach(() => fs.rmSync(checkout, { recursive: true }));

    it("runs each file as it is now, though its size and time have not changed", async () => {
        expect(await run("main.ts")).to.equal("one 1");
        const { atime, mtime } = fs.statSync(path.join(checkout, "text.ts"));
        write("text.ts", fs.readFileSync(path.join(checkout, "text.ts"), "utf8").replace("one", "two"));
        fs.utimesSync(path.join(checkout, "text.ts"), atime, mtime);
        expect(await run("main.ts")).to.equal("two 1");
        write("rules.json", "[1, 2]");
        expect(await run("main.ts")).to.equal("two 2");
    });

    it("runs a file that takes the place of a folder", async () => {
        fs.mkdirSync(path.join(checkout, "kinds"));
        write("kinds/index.ts", 'console.log("folder");');
        write("main.ts", 'import "./kinds";\n');
        expect(await run("main.ts")).to.equal("folder");
        write("kinds.ts", 'console.log("file");');
        expect(await run("main.ts")).to.equal("file");
    });

    it("writes nothing into the checkout, which may be read-only", async () => {
        const files = () => ["", "start"].flatMap((folder) => fs.readdirSync(path.join(checkout, folder)));
        const before = files();
        await run("main.ts");
        expect(files()).to.deep.equal(before);
    });

    it("names the file and line that cannot be compiled, and that of an error", async () => {
        write("text.ts", "export const text = () => {\n    throw new Error('thrown');\n};\n");
        expect(await failure(run("main.ts"))).to.match(/Error: thrown\n\s+at text \(\S*\/text\.ts:2:11\)/);
        write("text.ts", "export const text = () => {\n    return );\n};\n");
        const refused = await failure(run("main.ts"));
        expect(refused).to.match(/main\.ts cannot be compiled: \S+ \[ERROR\] Unexpected "\)"\s+text\.ts:2:11:/);
    });

    it("leaves out what the SDK needs only to serialize functions, until it does that", async () => {
        const printed = await node(`
            require("./start/defer").deferUnused();
            const { runtime } = require("@pulumi/pulumi");
            const left = () =>
                ["typescript", "@npmcli/arborist"].filter((name) => {
                    return require("node:util").types.isProxy(require.cache[require.resolve(name)].exports);
                });
            const before = left();
            runtime.serializeFunction(() => 1).then(({ text }) => {
                console.log(JSON.stringify([before, left(), text.includes("exports.handler")]));
            });
        `);
        const both = ["typescript", "@npmcli/arborist"];
        expect(JSON.parse(printed)).to.deep.equal([both, ["@npmcli/arborist"], true]);
    });
});

describe("a promise of Pulumi's SDK", function () {
    this.timeout(120_000);

    const traced = (env: string) => node(`
        ${env}
        require("./start/traces").leaveOutTraces();
        const { debuggablePromise } = require("@pulumi/pulumi/runtime/debuggable");
        const made = Promise.resolve("kept");
        debuggablePromise(made, "a resource").then((value) => {
            console.log(value, made._debugCtx, /\\n +at /.test(made._debugStackTrace), /\\n +at /.test(new Error().stack));
        });
    `);

    it("carries no stack trace, and an error does", async () => {
        expect(await traced("")).to.equal("kept a resource false true");
    });

    it("carries one for who looks for promises that never end", async () => {
        expect(await traced('process.env.PULUMI_DEBUG_PROMISE_LEAKS = "1";')).to.equal("kept a resource true true");
    });
});

describe("the code of a dynamic resource", function () {
    this.timeout(120_000);

    it("has the same methods before and after it is loaded", async () => {
        const printed = await node(`
            require("tsx/cjs");
            const methods = (file) => Object.entries(require(file)).map(([kind, code]) => [kind, Object.keys(code).sort()]);
            console.log(JSON.stringify([methods("./dynamic/index.ts"), methods("./dynamic/kinds.ts")]));
        `);
        const [before, after] = JSON.parse(printed) as [[string, string[]][], [string, string[]][]];
        expect(Object.fromEntries(before)).to.deep.equal(Object.fromEntries(after));
    });

    it("runs by the line in a state, with no hook but that line's own", async () => {
        const guard = Object.values(statesBefore).flat().find(({ urn }) => urn.endsWith("::hub-guard"))?.provider ?? "";
        const printed = await node(`
            const { handler } = require("require-from-string")(${JSON.stringify(guard)});
            const code = handler();
            const before = Object.keys(require.cache).filter((file) => /\\/(zod|yaml)\\//.test(file)).length;
            code.create({ namespace: "argocd" }).then((made) => console.log(before, JSON.stringify(made)));
        `);
        expect(printed).to.equal('0 {"id":"guard","outs":{"namespace":"argocd"}}');
    });
});
