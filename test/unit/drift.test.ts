import { expect } from "chai";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { projectRoot } from "../../lab/paths";

describe("the nightly check of a stack", () => {
    let folder: string;

    beforeEach(() => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "drift-"));
    });

    afterEach(() => fs.rmSync(folder, { recursive: true }));

    /** Runs the check with a `pulumi` that prints these words and ends with this code. */
    function check(words: string, code: number) {
        const script = `#!/usr/bin/env bash\necho "${words}" >&2\nexit ${code}\n`;
        fs.writeFileSync(path.join(folder, "pulumi"), script, { mode: 0o755 });
        const results = path.join(folder, "drift");
        const { status, stdout } = spawnSync("bash", [".ci/drift", "prod", results], {
            cwd: projectRoot,
            encoding: "utf8",
            env: { PATH: `${folder}:/usr/bin:/bin` },
        });
        const files = fs.readdirSync(results).map((file) => [file, fs.readFileSync(path.join(results, file), "utf8")]);
        return { status, stdout, files };
    }

    it("leaves nothing for the issue if nothing differs", () => {
        expect(check("Resources: 40 unchanged", 0)).to.deep.equal({ status: 0, stdout: "prod has no drift.\n", files: [] });
    });

    // Pulumi says it in these two ways (pulumi, pkg/backend/backenderr, `NoChangesExpectedError`).
    for (const words of ["no changes were expected for preview but changes were proposed", "no changes were expected but changes were proposed"]) {
        it(`leaves the differences for the issue, and fails: ${words}`, () => {
            const error = `error: ${words}`;
            expect(check(error, 255)).to.deep.equal({ status: 1, stdout: `${error}\n`, files: [["prod.txt", `${error}\n`]] });
        });
    }

    it("fails if it could not look, with the reason in its output, and leaves nothing for the issue", () => {
        const error = "error: the API server https://prod.example.com cannot be reached";
        expect(check(error, 255)).to.deep.equal({ status: 1, stdout: `${error}\n`, files: [] });
    });
});
