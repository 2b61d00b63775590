import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { labDir, labName, projectRoot } from "../../lab/paths";
import { run, type RunResult } from "../../lab/processes";
import { catalogue } from "../../lab/tools";
import { ReleaseHosts } from "./support/releaseHosts";

const version = (name: string) => catalogue.find((tool) => tool.name === name)!.version;
const { devDependencies } = JSON.parse(
    fs.readFileSync(path.join(projectRoot, "lab", "toolchain", "mise", "package.json"), "utf8"),
) as { devDependencies: Record<string, string> };
const pinnedMise = devDependencies["@jdxcode/mise"]!;
const miseDir = `mise-${process.platform}-${process.arch}`;
const program = path.join(__dirname, "support", "bringTools.ts");

/** A lab for the links, which nothing else uses. */
const toolsLab = `${labName.slice(-20)}-tools`;

/** A Go that "builds" a script which says who built it; it lists one package. */
const fakeGo = `#!/bin/sh
case "$1" in
env) echo '{"GOVERSION":"go1.27.0","GOCACHE":"/nowhere","GOMODCACHE":"/nowhere"}' ;;
list) echo a/package ;;
build)
    while test "$1" != -o; do shift; done
    out=$2; shift 2; mkdir -p "$out"
    for package in "$@"; do
        printf '#!/bin/sh\\necho built here\\n' >"$out$(basename "$package")" && chmod +x "$out$(basename "$package")"
    done ;;
esac
`;

describe("tools that their projects release", () => {
    const caches = fs.mkdtempSync(path.join(os.tmpdir(), "lab-tool-caches-"));
    const bin = path.join(caches, "bin");
    let hosts: ReleaseHosts;
    let count = 0;
    let cache: string;

    before(() => {
        fs.mkdirSync(bin);
        fs.writeFileSync(path.join(bin, "go"), fakeGo, { mode: 0o755 });
        fs.writeFileSync(path.join(bin, "mise"), "#!/bin/sh\necho 2020.1.0\n", { mode: 0o755 });
    });

    beforeEach(async () => {
        cache = path.join(caches, String(count++));
        hosts = new ReleaseHosts();
        hosts.releaseKubectl(version("kubectl"));
        hosts.releaseHelm(version("helm"));
        await hosts.listen();
    });

    afterEach(() => hosts.close());

    after(() => {
        fs.rmSync(caches, { recursive: true });
        fs.rmSync(path.join(labDir, "..", toolsLab), { recursive: true, force: true });
    });

    /** Brings kubectl and Helm with an empty cache, unless it was used before. */
    function bring(more: Record<string, string> = {}, tools = ["kubectl", "helm"]): Promise<RunResult> {
        const env = {
            XDG_CACHE_HOME: cache,
            LAB_NAME: toolsLab,
            PATH: [bin, path.dirname(process.execPath), "/usr/bin", "/bin"].join(path.delimiter),
            ...more,
            MISE_URL_REPLACEMENTS: more.MISE_URL_REPLACEMENTS ?? hosts.replacements,
        };
        const args = ["--import", require.resolve("tsx"), program, ...tools];
        return run(process.execPath, args, { cwd: projectRoot, env, timeoutMs: 300_000 });
    }

    /** What the tools say, by the paths that the program printed. */
    async function sayings({ ok, stdout, output }: RunResult): Promise<string[]> {
        expect(ok, output).to.equal(true);
        const files = JSON.parse(stdout.trim().split("\n").at(-1)!) as string[];
        return Promise.all(files.map(async (file) => (await run(file, [])).stdout));
    }

    const prebuilt = [`Client Version: v${version("kubectl")}`, `v${version("helm")}+g0123456`];

    it("fetches them with mise from the npm registry where the one on PATH is too old, and needs no host later", async () => {
        const first = await bring();
        expect(await sayings(first)).to.deep.equal(prebuilt);
        expect(first.output).to.match(/^fetching 2 tools, about \d+ MB/).and.not.match(/building/);
        const replacements = hosts.replacements;
        hosts.close();
        const second = await bring({ MISE_URL_REPLACEMENTS: replacements });
        expect(await sayings(second)).to.deep.equal(prebuilt);
        expect(second.output).not.to.match(/fetching|building/);
        const name = `@jdxcode/${miseDir}`;
        const mise = path.join(cache, "hubspoke-lab", miseDir, pinnedMise, "node_modules", name, "bin", "mise");
        fs.rmSync(path.join(bin, "mise"));
        fs.linkSync(mise, path.join(bin, "mise"));
    });

    it("takes the mise on PATH", async () => {
        expect(await sayings(await bring())).to.deep.equal(prebuilt);
        expect(fs.readdirSync(path.join(cache, "hubspoke-lab", miseDir))).not.to.include(pinnedMise);
    });

    it("says at once what has to be built all the same", async () => {
        const result = await bring({}, ["kubectl", "external-dns"]);
        expect(await sayings(result)).to.deep.equal([prebuilt[0], "built here"]);
        expect(result.output).to.match(/^to be built, for want of a release for .*: external-dns\nfetching 1 tools/);
    });

    it("builds what does not have the checksum that its project publishes", async () => {
        hosts.manner = "other bytes";
        const result = await bring();
        expect(await sayings(result)).to.deep.equal(["built here", "built here"]);
        expect(result.output)
            .to.match(/not fetched: kubectl, helm: .*checksum/i)
            .and.match(/building kubectl, helm from source/);
    });

    it("builds where a download stops, and fetches nothing of what is there next time", async () => {
        hosts.manner = "half and then nothing";
        const result = await bring();
        expect(await sayings(result)).to.deep.equal(["built here", "built here"]);
        hosts.manner = "whole";
        expect(await sayings(await bring())).to.deep.equal(["built here", "built here"]);
    });

    it("fetches again what an interrupted run left half", async () => {
        hosts.manner = "half and then nothing";
        const interrupted = bring();
        await hosts.heard(/kubectl$/);
        killHolder();
        await interrupted;
        hosts.manner = "whole";
        expect(await sayings(await bring())).to.deep.equal(prebuilt);
    });

    it("fetches once for two runs at the same time", async () => {
        const both = await Promise.all([bring(), bring()]);
        expect(await Promise.all(both.map(sayings))).to.deep.equal([prebuilt, prebuilt]);
        expect(hosts.asked.filter((file) => file.endsWith("/kubectl"))).to.have.length(1);
    });

    it("goes through the proxy that the environment names", async () => {
        const replacements = JSON.stringify({ "regex:^https?://([^/]+)/": "http://mirror.test/$1/" });
        const proxy = { HTTP_PROXY: hosts.url, http_proxy: hosts.url };
        const result = await bring({ MISE_URL_REPLACEMENTS: replacements, ...proxy });
        expect(await sayings(result)).to.deep.equal(prebuilt);
    });

    it("asks a proxy for the hosts, and builds if it reaches none", async () => {
        const env = { MISE_URL_REPLACEMENTS: "", HTTPS_PROXY: hosts.url };
        const result = await bring(env);
        expect(await sayings(result)).to.deep.equal(["built here", "built here"]);
        expect(result.output).to.match(/cannot be fetched \(github\.com: the proxy answers 502\)/);
        expect(hosts.connected).to.include.members(["github.com:443", "dl.k8s.io:443", "get.helm.sh:443"]);
    });

    /** Kills the process that holds the lock of the tools, as a closed terminal or a full machine does. */
    function killHolder(): void {
        const holder = path.join(cache, "hubspoke-lab", "build.holder");
        process.kill((JSON.parse(fs.readFileSync(holder, "utf8")) as { pid: number }).pid, "SIGKILL");
    }
});
