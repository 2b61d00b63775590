import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { cachedTool, moduleDir } from "../tools/cache";
import { catalogue, linkerFlags, saysVersion, type Tool } from "../tools/catalogue";
import { extras } from "../tools/extras";
import { checkDisk } from "../tools/disk";
import { findGo } from "../tools/findGo";
import { canFetchToolchains, goToolchain } from "../tools/go";
import { findOnPath } from "../tools/onPath";
import { failure } from "../../test/unit/support/failure";

const base: readonly Tool[] = catalogue;
const tools: readonly Tool[] = [...base, ...extras];

describe("lab: catalogue of tools", () => {
    it("names every tool and alias once", () => {
        const names = tools.flatMap((tool) => [tool.name, ...(tool.aliases ?? [])]);
        expect(names).to.deep.equal([...new Set(names)]);
    });

    for (const tool of tools) {
        it(`${tool.name}: has the version that go.mod pins`, () => {
            expect(pinnedModules(tool).get(moduleOf(tool))).to.equal(`v${tool.version}`);
        });
    }

    it("stamps the tool's version into the binaries with stamps", () => {
        for (const tool of tools.filter(({ stamps }) => Object.keys(stamps).length > 0)) {
            expect(linkerFlags(tool), tool.name).to.match(new RegExp(`=v?${tool.version.replaceAll(".", "\\.")}( |$)`));
        }
    });

    const sayings: [string, string, boolean][] = [
        ["v3.22.0+g1234567", "3.22.0", true],
        ["Client Version: v1.37.0\nKustomize Version: v5.8.1", "1.37.0", true],
        ["argocd: v3.6.1+unknown", "3.6.1", true],
        ["etcd Version: 3.7.0\nGit SHA: abc", "3.7.0", true],
        ["v3.22.01", "3.22.0", false],
        ["v13.22.0", "3.22.0", false],
        ["v3.22.0-rc.1", "3.22.0", false],
        ["v3.22.0.5", "3.22.0", false],
        ["v1.36.4", "1.37.0", false],
        ["", "1.37.0", false],
    ];
    for (const [output, version, expected] of sayings) {
        it(`${JSON.stringify(output)} ${expected ? "is" : "is not"} ${version}`, () => {
            expect(saysVersion(output, version)).to.equal(expected);
        });
    }

    it("caches a tool under a key of its package, flags and version", () => {
        const helm = tools.find((tool) => tool.name === "helm")!;
        const others = [
            { ...helm, version: "3.22.1" },
            { ...helm, stamps: {} },
            { ...helm, package: "helm.sh/helm/v3/cmd/other" },
            { ...helm, module: "pulumi" },
        ];
        const paths = [helm, ...others].map(cachedTool);
        expect(new Set(paths)).to.have.property("size", paths.length);
        expect(cachedTool(helm)).to.equal(cachedTool({ ...helm }));
    });
});

describe("lab: what mise fetches", () => {
    const pins = misePins();
    const built = ["external-dns", "external-secrets"];

    for (const { name, version, prebuilt } of tools.filter((tool) => !built.includes(tool.name))) {
        it(`has ${name} in the catalogue's version, on the same platforms`, () => {
            const pin = pins.get(prebuilt!.mise);
            expect(pin).to.deep.equal({ version: prebuilt!.version ?? version, ...(prebuilt!.only ? { os: "linux" } : {}) });
        });
    }

    it("has no tool that the catalogue does not name", () => {
        const known = tools.flatMap(({ prebuilt }) => prebuilt?.mise ?? []);
        expect([...pins.keys()].filter((key) => key !== "go")).to.have.members([...new Set(known)]);
    });

    it("has the Go that builds the tools", () => {
        expect(`go${pins.get("go")?.version}`).to.equal(goToolchain);
    });
});

describe("lab: tools on the machine", () => {
    const savedPath = process.env.PATH;
    let dir: string;

    beforeEach(() => {
        dir = fs.mkdtempSync(path.join(os.tmpdir(), "lab-tools-"));
        process.env.PATH = dir;
    });

    afterEach(() => {
        process.env.PATH = savedPath;
        fs.rmSync(dir, { recursive: true });
    });

    const helm = tools.find((tool) => tool.name === "helm")!;
    const nothing = () => Promise.resolve(undefined);

    it("uses a tool of the right version from PATH", async () => {
        executable("helm", `echo v${helm.version}+g0123456`);
        expect(await findOnPath(helm)).to.equal(path.join(dir, "helm"));
    });

    it("ignores a tool of another version", async () => {
        executable("helm", "echo v3.1.0");
        expect(await findOnPath(helm)).to.equal(undefined);
    });

    it("ignores a tool that cannot print its version", async () => {
        executable("helm", `echo v${helm.version}; exit 1`);
        expect(await findOnPath(helm)).to.equal(undefined);
    });

    it("says what to do without Go", async () => {
        expect(await failure(findGo(nothing))).to.match(/Go is not on PATH.*install Go 1\.21 or newer/);
    });

    it("says what to do with a Go that is too old", async () => {
        executable("go", `echo '{"GOVERSION":"go1.20.14","GOCACHE":"/c","GOMODCACHE":"/m"}'`);
        expect(await failure(findGo(nothing))).to.match(/Go on PATH is go1\.20\.14: install Go 1\.21 or newer/);
    });

    const versions: [string, boolean][] = [
        ["go1.20.14", false],
        ["go1.21", true],
        ["go1.21rc2", true],
        ["go1.26.8", true],
        ["go2.0.0", true],
        ["devel go1.28-abcdef", true],
        ["", false],
    ];
    for (const [version, expected] of versions) {
        it(`${version || "no version"} ${expected ? "can" : "cannot"} fetch the toolchain`, () => {
            expect(canFetchToolchains(version)).to.equal(expected);
        });
    }

    it("names the disk that is too full, what is needed and the remedy", () => {
        const dirs = { GOCACHE: dir, GOMODCACHE: path.join(dir, "not", "there") };
        const check = () => checkDisk(dirs, dir, () => 1024 ** 3);
        expect(check).to.throw(/needs about \d+\.\d GiB free on the disk of .*lab-tools-/);
        expect(check).to.throw(/which has 1\.0 GiB: free some space/);
        expect(() => checkDisk(dirs, dir, () => 1024 ** 4)).not.to.throw();
    });

    function executable(name: string, script: string): void {
        fs.writeFileSync(path.join(dir, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    }
});


function pinnedModules(tool: Tool): Map<string, string> {
    const goMod = fs.readFileSync(path.join(moduleDir(tool.module), "go.mod"), "utf8");
    const pins = [...goMod.matchAll(/^(?:require )?\s*(\S+) (v\S+)/gm)];
    return new Map(pins.map(([, module, version]) => [module!, version!]));
}

/** The longest pinned module path that the tool's package begins with. */
function moduleOf(tool: Tool): string {
    const candidates = [...pinnedModules(tool).keys()].filter((module) => `${tool.package}/`.startsWith(`${module}/`));
    return candidates.sort((a, b) => b.length - a.length)[0] ?? `no module of ${tool.package}`;
}

/** Versions in the lab's mise.toml, and the system that a tool is only for, by the tool's name there. */
function misePins(): Map<string, { version: string; os?: string }> {
    const toml = fs.readFileSync(path.join(moduleDir("mise"), "mise.toml"), "utf8");
    const line =
        /^"?(?!version|kwok)(?<key>[\w:/-]+)"? = (?:\{ version = )?"(?<version>[\d.]+)"(?:, os = \["(?<os>.+)"\])?/gm;
    const table = /^\[tools\."?(?<key>[^"\]]+)"?\]\nversion = "(?<version>[^"]+)"(?<os>)/gm;
    const pins = [...toml.matchAll(line), ...toml.matchAll(table)].map(({ groups }) => {
        const { key, version, os: only } = groups as { key: string; version: string; os?: string };
        return [key, { version, ...(only ? { os: only } : {}) }] as const;
    });
    return new Map(pins);
}
