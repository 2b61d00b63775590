import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { projectRoot } from "../../lab/paths";
import { engines, version } from "../../package.json";
import * as doctor from "../../scripts/doctor/expected";
import { marker } from "../../scripts/preview/comment";
import type { Step } from "./support/steps";

interface Job {
    readonly if?: string;
    readonly uses?: string;
    readonly needs?: string | readonly string[];
    readonly environment?: string;
    readonly permissions?: Readonly<Record<string, string>>;
    readonly concurrency?: { readonly group: string; readonly "cancel-in-progress": boolean };
    readonly strategy?: { readonly matrix: Readonly<Record<string, readonly string[]>> };
    readonly steps?: readonly Step[];
    readonly with?: Readonly<Record<string, string>>;
}

interface Workflow {
    readonly permissions?: Readonly<Record<string, string>>;
    readonly concurrency?: Job["concurrency"];
    readonly jobs: Readonly<Record<string, Job>>;
}

interface Action {
    readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
    readonly runs: { readonly steps: readonly Step[] };
}

const folder = path.join(projectRoot, ".github");
const texts = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /^(workflows|actions)\/.*\.yml$/.test(file))
    .map((file): [string, string] => [file, readFileSync(path.join(folder, file), "utf8")]);
const workflows = parsed<Workflow>("workflows");
const actions = parsed<Action>("actions");

function parsed<T>(kind: string): Map<string, T> {
    const own = texts.filter(([file]) => file.startsWith(`${kind}/`));
    return new Map(own.map(([file, text]) => [file.slice(kind.length + 1), parse(text) as T]));
}

function workflow(file: string): Workflow {
    const found = workflows.get(file);
    if (found === undefined) {
        throw new Error(`there is no workflow ${file}`);
    }
    return found;
}

/** Whether a job signs what it publishes, by itself or by the workflow that it calls. */
function signs({ steps = [], uses }: Job): boolean {
    const attests = steps.some(({ uses: action }) => action?.startsWith("actions/attest@"));
    return attests || uses === "./.github/workflows/agent-image.yml";
}

function stepsOf({ jobs }: Workflow): Step[] {
    return Object.values(jobs).flatMap(({ steps = [] }) => steps);
}

describe("every workflow", () => {
    it("uses third-party actions only by their commit, like each of its own actions", () => {
        const uses = texts.flatMap(([, text]) => [...text.matchAll(/uses: (\S+)(.*)/g)]);
        const others = uses.filter(([, what]) => !what?.startsWith("./"));
        expect(others.length).to.be.greaterThan(20);
        const loose = others.filter(([, what, comment]) => !/@[0-9a-f]{40}$/.test(what ?? "") || !/^ # v\d/.test(comment ?? ""));
        expect(loose.map(([line]) => line)).to.deep.equal([]);
    });

    for (const [file, one] of workflows) {
        it(`${file} may only read the repository, unless a job says otherwise, and keeps no Git credential`, () => {
            expect(one.permissions).to.deep.equal({ contents: "read" });
            const checkouts = stepsOf(one).filter(({ uses }) => uses?.startsWith("actions/checkout@"));
            expect(checkouts.filter((step) => step.with?.["persist-credentials"] !== false)).to.deep.equal([]);
        });

        it(`${file} names each secret that it passes on`, () => {
            expect(JSON.stringify(one)).not.to.include('"secrets":"inherit"').and.not.include("toJSON(secrets)");
        });

        it(`${file} allows only jobs that log in to the clouds, or sign, to request an identity`, () => {
            const jobs = Object.entries(one.jobs);
            const asking = jobs.filter(([, { permissions }]) => permissions?.["id-token"] === "write").map(([name]) => name);
            const logsIn = ({ uses = "" }: Step) => /actions\/(login|deploy)$/.test(uses);
            const loggingIn = jobs.filter(([, { steps = [] }]) => steps.some(logsIn));
            const signing = jobs.filter(([, job]) => signs(job));
            const needing = jobs.filter((job) => loggingIn.includes(job) || signing.includes(job));
            expect(needing.map(([name]) => name)).to.deep.equal(asking);
            for (const [name, job] of signing) {
                expect(JSON.stringify(job), name).not.to.include("secrets.");
            }
            for (const [name, { environment }] of loggingIn) {
                expect(environment, name).to.be.a("string");
            }
        });

        it(`${file} has Node and the packages from the setup action, if it needs them`, () => {
            const own = stepsOf(one).filter(({ uses, run }) => /\/(setup-|cache@)/.test(uses ?? "") || run === "npm ci");
            expect(own).to.deep.equal([]);
        });
    }

    const all = [
        ...[...workflows].map(([file, one]): [string, Step[]] => [file, stepsOf(one)]),
        ...[...actions].map(([file, { runs }]): [string, readonly Step[]] => [file, runs.steps]),
    ];
    for (const [file, steps] of all) {
        it(`${file} puts no untrusted text into a script`, () => {
            const scripts = steps.flatMap(({ run }) => (run === undefined ? [] : [run]));
            expect(scripts.filter((script) => script.includes("${{"))).to.deep.equal([]);
        });
    }

    it("that opens a pull request is one of those that `npm run doctor` knows", () => {
        const proposes = ({ run = "" }: Step) => /\.ci\/propose|gh pr create/.test(run);
        const files = [...workflows].filter(([, one]) => stepsOf(one).some(proposes)).map(([file]) => file);
        expect(files.sort()).to.deep.equal([...doctor.proposing].sort());
    });

    it("that has a cluster's or a state's secret logs in to the clouds", () => {
        for (const one of workflows.values()) {
            for (const { steps = [] } of Object.values(one.jobs)) {
                const uses = steps.map((step) => step.uses ?? "").join("\n");
                if (JSON.stringify(steps).includes("secrets.")) {
                    expect(uses).to.match(/actions\/(login|deploy)$/m);
                }
            }
        }
    });

    it("reads the environments, variables and secrets that docs/pull-requests.md and `npm run doctor` know", () => {
        const read = texts.map(([, text]) => text).join("\n");
        const names = (pattern: RegExp) => [...new Set([...read.matchAll(pattern)].map(([, name = ""]) => name))].sort();
        const variables = names(/(?:\bvars|fromJSON\(inputs\.vars\))\.([A-Z_]+)/g);
        const secrets = names(/\bsecrets\.([A-Z_]+)/g);
        const environments = new Set(
            [...workflows.values()].flatMap(({ jobs }) =>
                Object.values(jobs).flatMap(({ environment, strategy }) =>
                    environment === "${{ matrix.stack }}" ? (strategy?.matrix.stack ?? []) : (environment ?? []),
                ),
            ),
        );
        const switches = doctor.workflows.map(({ variable }) => variable);
        const known = [...switches, ...Object.values(doctor.clouds).flat(), ...doctor.optional.variables];
        expect(variables).to.deep.equal(known.sort());
        expect(secrets).to.deep.equal([...doctor.optional.secrets].sort());
        expect([...environments].sort()).to.deep.equal(doctor.workflows.flatMap((one) => one.environments).sort());

        const docs = readFileSync(path.join(projectRoot, "docs", "pull-requests.md"), "utf8");
        const [, setUp = ""] = /^## Set it up on GitHub\n([^]*?)^## /m.exec(docs) ?? [];
        const documented = [...setUp.matchAll(/`([A-Z][A-Z_]{4,})`/g)].map(([, name]) => name);
        expect([...new Set(documented)].sort()).to.deep.equal([...variables, ...secrets].sort());
        const rows = [...setUp.matchAll(/^\| `(\w+\.yml)` \| `(\w+)` \| (.+?) \| (.+?) \|$/gm)];
        const table = rows.map(([, file, variable, own = ""]) => {
            return { file, variable, environments: [...own.matchAll(/`(\w+)`/g)].map(([, name]) => name) };
        });
        expect(table).to.have.deep.members([...doctor.workflows]);
        for (const [row, file, , , protection = ""] of rows) {
            const { environments: own = [] } = doctor.workflows.find((one) => one.file === file) ?? {};
            expect(/reviewers/.test(protection), row).to.equal(own.some((name) => doctor.reviewed.includes(name)));
            expect(/only `main`/.test(protection), row).to.equal(own.some((name) => !doctor.anyBranch.includes(name)));
        }
    });
});

describe("the workflow that tests", () => {
    const { jobs } = workflow("ci.yml");

    const setUp = "./.github/actions/setup";

    it("runs lint, types and unit tests on the oldest Node that package.json allows, and on the current one", () => {
        const { steps = [], strategy } = jobs.checks ?? {};
        const oldest = /^>=(\d+\.\d+)\.\d+$/.exec(engines.node)?.[1];
        const usual = actions.get("setup/action.yml")?.inputs["node-version"];
        expect(strategy?.matrix.node).to.deep.equal([oldest, usual?.default]);
        expect(steps.find(({ uses }) => uses === setUp)?.with).to.deep.equal({ "node-version": "${{ matrix.node }}" });
        expect(steps.flatMap(({ run }) => run ?? [])).to.deep.equal(["npm run lint", "npm run types", "npm run test:unit"]);
    });
});

describe("the workflow that moves users", () => {
    it("is the only one that goes on without the clouds that do not log it in", () => {
        const tolerant = texts.filter(([, text]) => /^ +without-lost-clouds: "true"$/m.test(text));
        expect(tolerant.map(([file]) => file)).to.deep.equal(["workflows/failover.yml"]);
    });
});

describe("the workflow of a pull request", () => {
    const { jobs, concurrency } = workflow("preview.yml");
    const secrets = Object.entries(jobs).filter(([, job]) => /secrets\./.test(JSON.stringify(job)));

    it("has secrets in one job, which waits for the checks and an environment's approval, and can write nothing", () => {
        expect(secrets.map(([name]) => name)).to.deep.equal(["preview"]);
        const { environment, needs, permissions } = jobs.preview ?? {};
        expect({ environment, needs, permissions }).to.deep.equal({
            environment: "preview",
            needs: "checks",
            permissions: { contents: "read", "id-token": "write" },
        });
    });

    it("gives a fork what needs no secret: types, the unit tests with the policies, and the render", () => {
        expect(jobs.preview?.if).to.include("github.event.pull_request.head.repo.full_name == github.repository");
        expect(jobs.checks).not.to.have.any.keys("if", "environment");
        const commands = (jobs.checks?.steps ?? []).map(({ run }) => run).join("\n");
        expect(commands).to.include("npm run types").and.include("npm run test:unit").and.include("npm run render");
    });

    it("writes the comment from a job that runs none of the author's code", () => {
        const { steps = [], permissions } = jobs.comment ?? {};
        expect(permissions).to.deep.equal({ "pull-requests": "write" });
        expect(steps.map(({ uses }) => uses?.split("@")[0])).to.deep.equal(["actions/download-artifact", undefined]);
        expect(steps[1]?.run).to.include(`startswith("${marker}")`).and.include("--method PATCH");
    });

    it("is cancelled by the run of a newer push", () => {
        expect(concurrency?.["cancel-in-progress"]).to.equal(true);
    });
});

describe("the workflow that deploys", () => {
    const { jobs } = workflow("deploy.yml");

    it("goes from the hub to staging, and from there to prod and dr", () => {
        const order = Object.entries(jobs).map(([name, { needs }]) => [name, needs]);
        expect(order).to.deep.equal([["hub", undefined], ["staging", "hub"], ["production", "staging"]]);
        expect(jobs.production?.strategy?.matrix.stack).to.deep.equal(["prod", "dr"]);
    });

    it("has for each stack an environment, and one run at a time, which is not cancelled", () => {
        const stacks = { hub: "hub", staging: "staging", production: "${{ matrix.stack }}" };
        for (const [name, stack] of Object.entries(stacks)) {
            expect(jobs[name]?.environment, name).to.equal(stack);
            expect(jobs[name]?.concurrency, name).to.deep.equal({ group: `stack-${stack}`, "cancel-in-progress": false });
            expect(jobs[name]?.steps?.at(-1)?.with?.stack, name).to.equal(stack);
        }
        expect(workflow("deploy.yml")).not.to.have.property("concurrency");
    });

    it("limits each `up` to the plan that is created directly before", () => {
        const script = readFileSync(path.join(projectRoot, ".ci/deploy"), "utf8");
        const commands = script.split("\n").filter((line) => line.startsWith("pulumi "));
        expect(commands.map((line) => line.split(" ")[1])).to.deep.equal(["preview", "up"]);
        expect(commands[0]).to.match(/--save-plan "\$folder\/plan\.json"$/);
        expect(commands[1]).to.match(/--skip-preview --plan "\$folder\/plan\.json"$/);
    });
});

describe("the workflow that tries mutations", () => {
    it("goes through the folders of stryker.config.json, without a comma, at which Stryker divides its option", () => {
        const { mutate } = JSON.parse(readFileSync(path.join(projectRoot, "stryker.config.json"), "utf8")) as { mutate: string[] };
        const expanded = mutate.flatMap((pattern) => {
            const [, before = "", names = "", after = ""] = /^(.*?)\{(.+)\}(.*)$/.exec(pattern) ?? [];
            return names === "" ? [pattern] : names.split(",").map((name) => `${before}${name}${after}`);
        });
        const folders = (patterns: readonly string[]) => patterns.map((one) => one.replace(/(\/\*\*)?\/\*\.ts$/, "")).sort();
        const patterns = workflow("mutation.yml").jobs.mutate?.strategy?.matrix.files ?? [];
        expect(patterns.filter((one) => one.includes(","))).to.deep.equal([]);
        expect(folders(patterns)).to.deep.equal(folders(expanded));
    });
});

describe("the workflow that detects drift", () => {
    const { jobs } = workflow("drift.yml");

    it("checks every stack, and only a job that checks none may write issues", () => {
        expect(jobs.look?.strategy?.matrix.stack).to.deep.equal(["hub", "staging", "prod", "dr"]);
        expect(jobs.look?.permissions).to.deep.equal({ contents: "read", "id-token": "write" });
        expect(jobs.report?.permissions).to.deep.equal({ contents: "read", issues: "write" });
        expect(JSON.stringify(jobs.report)).not.to.include("secrets.");
    });
});

describe("the workflow that releases", () => {
    const { jobs, concurrency } = workflow("release.yml");
    const { publish, image } = jobs;

    it("waits for no other tag: of several that wait, GitHub would publish only the newest", () => {
        expect(concurrency).to.deep.equal({ group: "release-${{ github.ref }}", "cancel-in-progress": false });
    });

    it("publishes nothing where the repository's variable does not say so, as in a fork that tags its chart", () => {
        expect(jobs.test?.if).to.equal("vars.HUBSPOKE_RELEASE == 'true'");
        for (const [name, { needs = [], if: condition }] of Object.entries(jobs)) {
            expect(name === "test" || needs.length > 0, name).to.equal(true);
            expect(condition ?? "", name).not.to.match(/always|cancelled|failure/);
        }
    });

    it("publishes nothing before all tests have passed, on the commit of the tag", () => {
        expect(jobs.test?.steps?.at(-1)?.run).to.equal("bash .ci/run");
        expect([jobs.build?.needs, image?.needs, publish?.needs]).to.deep.equal(["test", "test", ["build", "image"]]);
    });

    it("gives the rights to publish to a job that runs none of the repository's code", () => {
        for (const name of ["test", "build"]) {
            expect(jobs[name], name).not.to.have.property("permissions");
        }
        expect(publish?.permissions).to.include({ contents: "write", "id-token": "write", attestations: "write" });
        const uses = (publish?.steps ?? []).map(({ uses }) => uses ?? "");
        expect(uses.filter((one) => /checkout@|^\.\//.test(one))).to.deep.equal([]);
        const scripts = (publish?.steps ?? []).map(({ run }) => run ?? "").join("\n");
        expect(scripts).not.to.match(/\bnpm |\bnode |\.ci\//);
    });

    it("signs without a key, and attests, all that it publishes", () => {
        const scripts = (publish?.steps ?? []).map(({ run }) => run ?? "").join("\n");
        expect(scripts).to.match(/cosign sign-blob --yes .*SHA256SUMS$/m);
        expect(scripts).to.include('cosign sign --yes "$charts/agent@$digest"');
        const attested = (publish?.steps ?? []).flatMap((step) => (step.uses?.startsWith("actions/attest@") ? [step.with] : []));
        const subjects = attested.map((given) => given?.["subject-checksums"] ?? given?.["subject-name"]);
        expect(subjects).to.deep.equal(["dist/SHA256SUMS", "dist/SHA256SUMS", "${{ steps.chart.outputs.name }}"]);
        expect(attested[1]).to.have.property("sbom-path");
        const ofImage = stepsOf(workflow("agent-image.yml"));
        expect(ofImage.map(({ run = "" }) => run).join("\n")).to.include('cosign sign --yes "$name@$digest"');
        const ofAttestation = ofImage.find(({ uses }) => uses?.startsWith("actions/attest@"))?.with;
        expect(ofAttestation).to.have.property("subject-digest", "${{ steps.image.outputs.digest }}");
    });

    it("has the same version in package.json and in the chart, and its notes in CHANGELOG.md", () => {
        const text = (file: string) => readFileSync(path.join(projectRoot, file), "utf8");
        expect((parse(text("helm/Chart.yaml")) as { version: string }).version).to.equal(version);
        const [, notes = ""] = text("CHANGELOG.md").split(`\n## [${version}]`);
        expect(notes.split("\n## [")[0]).to.match(/^- \S/m);
    });

    it("refuses a tag that is not the version of the commit", () => {
        const folder = mkdtempSync(path.join(tmpdir(), "release-"));
        try {
            const { status, stderr } = spawnSync("bash", [".ci/release", "v0.0.1", folder], { cwd: projectRoot, encoding: "utf8" });
            expect(status).to.equal(1);
            expect(stderr).to.equal(`the tag is v0.0.1, and package.json has ${version}. Tag the commit that sets the version\n`);
            expect(readdirSync(folder)).to.deep.equal([]);
        } finally {
            rmSync(folder, { recursive: true });
        }
    });
});

describe("the files of a release", () => {
    const docs = readFileSync(path.join(projectRoot, "docs", "verify.md"), "utf8");

    it("can be checked as docs/verify.md says: the workflows there are those that sign", () => {
        const named = [...docs.matchAll(/\.github\/workflows\/([\w-]+\.yml)/g)].map(([, file]) => file);
        const signing = [...workflows].filter(([, { jobs }]) => Object.values(jobs).some(signs)).map(([file]) => file);
        expect([...new Set(named)].sort()).to.deep.equal(signing.sort());
    });
});
