import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { environmentOf } from "../monitoring/agentPod";
import { agentPython } from "../monitoring/agentPython";
import { failure } from "../../test/unit/support/failure";

/** A uv that makes an environment with a Python, counts its runs, and takes long enough for two of them to meet. */
const makes = `[ "$1" = --version ] && exit 0
echo run >> "$RUNS"
test ! -e "$UV_PROJECT_ENVIRONMENT" || { echo "the remains of another run are there"; exit 1; }
mkdir -p "$UV_PROJECT_ENVIRONMENT/bin" && sleep 0.3 && echo > "$UV_PROJECT_ENVIRONMENT/bin/python"`;

describe("lab: the agent's service", () => {
    let scratch: string;
    let lines: string[];
    const before = process.env.PATH;

    beforeEach(() => {
        scratch = fs.mkdtempSync(path.join(os.tmpdir(), "lab-agent-"));
        lines = [];
        fs.writeFileSync(path.join(scratch, "uv.lock"), "packages");
        fs.writeFileSync(path.join(scratch, "Dockerfile"), "COPY --from=ghcr.io/astral-sh/uv:1.2.3 /uv /uv\n");
        process.env.RUNS = path.join(scratch, "runs");
    });

    afterEach(() => {
        process.env.PATH = before;
        delete process.env.RUNS;
        fs.rmSync(scratch, { recursive: true });
    });

    /** Puts scripts of these names on PATH, which then has nothing else. */
    function onPath(programs: Readonly<Record<string, string>>): void {
        const bin = path.join(scratch, "programs");
        fs.mkdirSync(bin, { recursive: true });
        for (const [name, script] of Object.entries(programs)) {
            fs.writeFileSync(path.join(bin, name), `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`, { mode: 0o755 });
        }
        process.env.PATH = bin;
    }

    const install = () => agentPython((line) => lines.push(line), { folder: scratch, cache: path.join(scratch, "cache") });
    const runs = () => fs.readFileSync(path.join(scratch, "runs"), "utf8").split("\n").length - 1;

    it("is installed once by two runs at once, and not again", async () => {
        onPath({ uv: makes });
        const [one, two] = await Promise.all([install(), install()]);
        expect(one).to.be.a("string").and.equal(two);
        expect(fs.existsSync(one!)).to.equal(true);
        expect(await install()).to.equal(one);
        expect(runs()).to.equal(1);
    });

    it("is installed again after an interrupted installation, and for another lock file", async () => {
        onPath({ uv: `${makes}; exit 1` });
        expect(await install()).to.equal(undefined);
        onPath({ uv: makes });
        const one = await install();
        expect(one).to.be.a("string");
        fs.writeFileSync(path.join(scratch, "uv.lock"), "other packages");
        expect(await install()).to.be.a("string").and.not.equal(one);
        expect(runs()).to.equal(3);
    });

    it("is installed by the Dockerfile's uv, which pip installs, where there is none", async () => {
        const uv = makes.replace(/^test.*$/m, "");
        onPath({
            python3: `mkdir -p "$3/bin"
printf '#!/bin/sh\\n[ "$3" = uv==1.2.3 ] && /bin/cp "%s" "%s/uv" && /bin/chmod +x "%s/uv"\\n' '${scratch}/uv' "$3/bin" "$3/bin" > "$3/bin/pip"
chmod +x "$3/bin/pip"`,
        });
        fs.writeFileSync(path.join(scratch, "uv"), `#!/bin/sh\nPATH=/usr/bin:/bin\n${uv}\n`);
        expect(await install(), lines.join("\n")).to.be.a("string");
    });

    const missing: { what: string; programs: Record<string, string>; words: string }[] = [
        { what: "Python is missing", programs: {}, words: "python3 is not found" },
        { what: "Python has no venv", programs: { python3: "echo ensurepip is missing; exit 1" }, words: "python3 failed: ensurepip is missing" },
        {
            what: "the packages cannot be had",
            programs: { uv: '[ "$1" = --version ] || { echo details; echo "no route to the registry"; exit 2; }' },
            words: "uv sync failed: no route to the registry",
        },
    ];
    for (const { what, programs, words } of missing) {
        it(`is replaced, which one line says, where ${what}`, async () => {
            onPath(programs);
            expect(await install()).to.equal(undefined);
            expect(lines).to.deep.equal([`small servers stand in for the agent's service: ${words}`]);
        });
    }
});

describe("lab: the environment of a container", () => {
    const data = {
        "configmaps/agent": { CLUSTER_NAME: "prod", LOG_LEVEL: "info" },
        "secrets/agent": { MODEL_API_KEY: Buffer.from("a key").toString("base64"), LOG_LEVEL: Buffer.from("debug").toString("base64") },
    } as Readonly<Record<string, Readonly<Record<string, string>>>>;
    const read = (kind: string, name: string) => Promise.resolve(data[`${kind}/${name}`] ?? {});

    it("is that of its config maps and Secrets, of which later ones win, and its own variables over them", async () => {
        const agent = { name: "agent" };
        const envFrom = [{ configMapRef: agent }, { secretRef: agent }, { prefix: "A_", configMapRef: agent }];
        expect(await environmentOf({ envFrom, env: [{ name: "CLUSTER_NAME", value: "dr" }] }, read)).to.deep.equal({
            CLUSTER_NAME: "dr",
            LOG_LEVEL: "debug",
            MODEL_API_KEY: "a key",
            A_CLUSTER_NAME: "prod",
            A_LOG_LEVEL: "info",
        });
    });

    it("is refused where it has a source that the lab does not read", async () => {
        const env = [{ name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } }];
        expect(await failure(environmentOf({ env }, read))).to.match(/^the lab cannot set POD_IP: it reads no value/);
    });
});
