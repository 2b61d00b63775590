import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { ProgramInfo, RunRequest } from "@pulumi/pulumi/proto/language_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { projectRoot } from "../paths";
import { runtimeOptions, splitArguments } from "../providers/languageHost/options";
import { requiredPlugins } from "../providers/languageHost/packages";
import { programArguments } from "../providers/languageHost/run";

type Options = Parameters<typeof Struct.fromJavaScript>[0];

const withOptions = (options: Options) => new ProgramInfo().setOptions(Struct.fromJavaScript(options));

describe("lab language host: runtime options", () => {
    it("are those of Pulumi.yaml", () => {
        expect(runtimeOptions(withOptions({ nodeargs: "--import tsx", typescript: false }))).to.deep.equal({
            nodeArguments: ["--import", "tsx"],
            typescript: false,
        });
        expect(runtimeOptions(new ProgramInfo())).to.deep.equal({ nodeArguments: [], typescript: true });
    });

    it("report what is wrong with them", () => {
        expect(() => runtimeOptions(withOptions({ nodeargs: ["--import"] }))).to.throw(
            'nodeargs in Pulumi.yaml is ["--import"]',
        );
        expect(() => runtimeOptions(withOptions({ typescript: "no" }))).to.throw(
            'typescript in Pulumi.yaml is "no"',
        );
    });

    it("keep quoted words together", () => {
        expect(splitArguments(`--a "b c" --d='e f'  g`)).to.deep.equal(["--a", "b c", "--d=e f", "g"]);
    });
});

describe("lab language host: programs", () => {
    it("get the addresses, the stack, and no empty value", () => {
        const request = new RunRequest()
            .setMonitorAddress("127.0.0.1:1")
            .setProject("p")
            .setStack("s")
            .setPwd("/w")
            .setDryrun(true)
            .setParallel(4)
            .setInfo(new ProgramInfo().setRootDirectory("/w").setEntryPoint("."))
            .setArgsList(["x"]);
        expect(programArguments("127.0.0.1:2", request).join(" ")).to.equal(
            "--monitor 127.0.0.1:1 --engine 127.0.0.1:2 --project p --root-directory /w --stack s --pwd /w --parallel 4 --dry-run . x",
        );
    });
});

describe("lab language host: required plugins", () => {
    it("are those of this program's packages", () => {
        const names = requiredPlugins(projectRoot).map(({ name }) => name);
        expect(names).to.include.members(["kubernetes", "random"]);
    });

    it("come also from packages of packages, and not from packages that are not installed", () => {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "language-host-"));
        const write = (where: string, manifest: object) => {
            fs.mkdirSync(path.join(folder, where), { recursive: true });
            fs.writeFileSync(path.join(folder, where, "package.json"), JSON.stringify(manifest));
        };
        try {
            write("", { dependencies: { component: "1", missing: "1" } });
            write("node_modules/component", { version: "1.0.0", dependencies: { "@pulumi/thing": "2" } });
            const pulumi = {
                resource: true,
                name: "thing",
                version: "2.1.0",
                server: "https://plugins.example",
            };
            write("node_modules/@pulumi/thing", { version: "2.0.0", pulumi });
            expect(requiredPlugins(folder)).to.deep.equal([
                { name: "thing", version: "2.1.0", server: "https://plugins.example" },
            ]);
        } finally {
            fs.rmSync(folder, { recursive: true });
        }
    });
});
