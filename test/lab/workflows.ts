import { expect } from "chai";
import { readdirSync } from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../../lab/paths";
import { run } from "../../lab/processes/run";
import { ensureExtras, toolPath } from "../../lab/tools";
import { buildLimitMs } from "./support/buildLimit";

describe("the workflows", () => {
    const folder = path.join(projectRoot, ".github", "workflows");
    const files = readdirSync(folder).map((file) => path.join(folder, file));

    before(async function () {
        this.timeout(buildLimitMs);
        await ensureExtras(["actionlint"], (line) => process.stdout.write(`      ${line}\n`));
    });

    it("pass actionlint, each of them", async () => {
        expect(files.length).to.be.greaterThan(5);
        // Only its own checks: what it finds by shellcheck depends on the machine.
        const args = ["-no-color", "-shellcheck=", "-pyflakes=", ...files];
        const { ok, output } = await run(toolPath("actionlint"), args, { cwd: projectRoot });
        expect(ok, output).to.equal(true);
        expect(output).to.equal("");
    });
});
