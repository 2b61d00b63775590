import { expect } from "chai";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { projectRoot } from "../../lab/paths";
import { runSteps, type Step } from "./support/steps";

const file = path.join(projectRoot, ".github/workflows/agent-image.yml");
const { jobs } = parse(fs.readFileSync(file, "utf8")) as { jobs: { publish: { steps: Step[] } } };

/** A registry: what was pushed, signed and tagged, each in a line. A push with a tag sets it, as with Docker. */
const docker = `#!/usr/bin/env bash
cat > /dev/null
case "$1 $2 $3" in
    "buildx imagetools inspect") grep -qx "tag $4 .*" "$REGISTRY" ;;
    "buildx imagetools create") echo "tag $5 \${6#*@}" >> "$REGISTRY" ;;
    "buildx build"*)
        digest=sha256:$(wc -l < "$REGISTRY")
        while [ $# -gt 0 ]; do
            case $1/$2 in
                --push/* | --output/*push=true*) echo "pushed $digest" >> "$REGISTRY" ;;
                --tag/*) echo "tag $2 $digest" >> "$REGISTRY" ;;
                --metadata-file/*) echo "{\\"containerimage.digest\\":\\"$digest\\"}" > "$2" ;;
            esac
            shift
        done ;;
esac
`;
const cosign = `#!/usr/bin/env bash
[ -z "$COSIGN_FAILS" ] && echo "signed \${3#*@}" >> "$REGISTRY"
`;

describe("the image of the agent, as the workflow publishes it", () => {
    let folder: string;
    let registry: string;
    beforeEach(() => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "image-"));
        registry = path.join(folder, "registry");
        fs.writeFileSync(registry, "");
        fs.writeFileSync(path.join(folder, "docker"), docker, { mode: 0o755 });
        fs.writeFileSync(path.join(folder, "cosign"), cosign, { mode: 0o755 });
    });
    afterEach(() => fs.rmSync(folder, { recursive: true }));

    /** Runs the job; `fails` does once. */
    function publish(fails?: "cosign" | "actions/attest") {
        return runSteps(jobs.publish.steps, {
            context: { github: { token: "t" }, inputs: { version: "1.2.3" } },
            env: {
                ...{ PATH: `${folder}${path.delimiter}${process.env.PATH}`, REGISTRY: registry },
                COSIGN_FAILS: fails === "cosign" ? "yes" : "",
                ...{ GITHUB_REPOSITORY: "Owner/Fleet", GITHUB_ACTOR: "ada", GITHUB_REF_NAME: "v9.9.9" },
            },
            cwd: folder,
            action: (uses) => fails === undefined || !uses.startsWith(`${fails}@`),
        });
    }
    const lines = () => fs.readFileSync(registry, "utf8").trim().split("\n");
    const tag = "tag ghcr.io/owner/fleet/agent:1.2.3";

    for (const fails of ["cosign", "actions/attest"] as const) {
        it(`has no tag where ${fails} failed, and the next run signs and tags it`, () => {
            expect(publish(fails).ok).to.equal(false);
            const before = lines();
            expect(before[0]).to.equal("pushed sha256:0");
            expect(before.filter((line) => line.startsWith("tag "))).to.deep.equal([]);
            const { ok, output } = publish();
            expect(ok, output).to.equal(true);
            const digest = `sha256:${before.length}`;
            const after = lines().slice(before.length);
            expect(after).to.deep.equal([`pushed ${digest}`, `signed ${digest}`, `${tag} ${digest}`]);
        });
    }

    it("stays as it is once it has its tag", () => {
        expect(publish().ok).to.equal(true);
        const before = lines();
        expect(before.at(-1)).to.equal(`${tag} sha256:0`);
        expect(publish("actions/attest").ok).to.equal(true);
        expect(lines()).to.deep.equal(before);
    });
});
