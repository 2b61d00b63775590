import { expect } from "chai";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { projectRoot } from "../../lab/paths";
import { runSteps, type Step } from "./support/steps";

const github = path.join(projectRoot, ".github");
const read = (...file: string[]) => fs.readFileSync(path.join(github, ...file), "utf8");
const { inputs, runs } = parse(read("actions", "login", "action.yml")) as {
    inputs: Record<string, { default?: string }>;
    runs: { steps: Step[] };
};

/** Variables of a repository with a cluster in each cloud. */
const vars = {
    ...{ AWS_ROLE_ARN: "role", AWS_REGION: "eu-west-1", GCP_WORKLOAD_IDENTITY_PROVIDER: "provider", AZURE_CLIENT_ID: "id" },
    CLUSTERS: "hub aws eu-west-1 argocd-hub\nprod gcp project europe-west1 agent-prod\ndr azure group agent-dr\n",
};

describe("the login of a workflow to the clouds", () => {
    let home: string;
    before(() => {
        home = fs.mkdtempSync(path.join(os.tmpdir(), "login-"));
        // A command fails by hanging; a limit ends that at once.
        const write = (program: string, lines: string) =>
            fs.writeFileSync(path.join(home, program), `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
        for (const program of ["aws", "gcloud", "az", "kubelogin", "kubectl"]) {
            write(program, `echo "${program} $*" >> "$HOME/asked"\n[ "$FAILS" != "${program} $1" ] || exec sleep 25`);
        }
        write("timeout", 'shift\n[ "$FAILS" != "$1 $2" ] || exit 124\nexec "$@"');
    });
    after(() => fs.rmSync(home, { recursive: true }));

    /** @param fails an action, or a command's first two words */
    function logIn(given: Record<string, string>, fails: string) {
        const file = path.join(home, "asked");
        fs.writeFileSync(file, "");
        const defaults = Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.default]));
        const { ok, output } = runSteps(runs.steps, {
            context: { inputs: { ...defaults, vars: JSON.stringify(vars), ...given } },
            env: { PATH: `${home}:/usr/bin:/bin`, HOME: home, FAILS: fails },
            cwd: projectRoot,
            action: (uses) => !uses.startsWith(`${fails}@`),
        });
        const clusters = fs.readFileSync(file, "utf8").match(/^\w+ (eks|container|aks) /gm) ?? [];
        return { ok, warnings: output.split("\n").filter((line) => line.startsWith("::warning::the login")), clusters };
    }

    const { jobs } = parse(read("workflows", "failover.yml")) as { jobs: { failover: { steps: Step[] } } };
    const ofFailover = jobs.failover.steps.find(({ uses }) => uses?.endsWith("/login"))?.with as Record<string, string>;
    const failover = { "without-lost-clouds": ofFailover["without-lost-clouds"] ?? "" };
    const everywhere = ["aws eks ", "gcloud container ", "az aks "];

    for (const [cloud, fails] of [
        ["AWS", "aws-actions/configure-aws-credentials"],
        ["GOOGLE_CLOUD", "google-github-actions/auth"],
        ["GOOGLE_CLOUD", "google-github-actions/setup-gcloud"],
        ["AZURE", "azure/login"],
        ["AZURE", "azure/use-kubelogin"],
        ["AZURE", "az account"],
    ] as const) {
        it(`that fails at ${fails} is a warning of a failover, which goes on with the clusters that answer`, () => {
            const { ok, warnings, clusters } = logIn(failover, fails);
            expect({ ok, clusters }).to.deep.equal({ ok: true, clusters: everywhere });
            expect(warnings).to.have.length(1);
            expect(warnings[0]).to.match(new RegExp(`^::warning::the login to ${cloud} failed: `));
        });

        it(`that fails at ${fails} is the end of any other job, before it knows a cluster`, () => {
            expect(logIn({}, fails)).to.deep.equal({ ok: false, warnings: [], clusters: [] });
        });
    }

    it("says nothing where it succeeds, or where a cloud is not set", () => {
        expect(logIn(failover, "")).to.deep.equal({ ok: true, warnings: [], clusters: everywhere });
        const none = logIn({ ...failover, vars: "{}" }, "azure/login");
        expect(none).to.deep.equal({ ok: true, warnings: [], clusters: [] });
    });
});
