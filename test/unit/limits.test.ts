import { expect } from "chai";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { runStack } from "../../scripts/fleet/runs";
import { configOf } from "../../settings/stackConfig";

describe("the limits of pulumi", () => {
    const before = { PATH: process.env.PATH, PULUMI_OPTION_CWD: process.env.PULUMI_OPTION_CWD };
    let folder = "";

    /** A `pulumi` on PATH that says how it was interrupted, and ends only then; with a file `deaf` not even then. */
    beforeEach(() => {
        folder = mkdtempSync(path.join(os.tmpdir(), "limits-"));
        mkdirSync(path.join(folder, "bin"));
        const file = path.join(folder, "bin/pulumi");
        const end = `[ -e "${folder}/deaf" ] || exit 255`;
        const waits = `trap 'echo "$1 interrupted" > "${folder}/log"; ${end}' INT\nwhile [ -e "${folder}" ]; do sleep 0.05; done`;
        writeFileSync(file, `#!/bin/sh\n[ "$1" = version ] && { echo v3.259.0; exit; }\n${waits}\n`);
        chmodSync(file, 0o755);
        writeFileSync(path.join(folder, "Pulumi.yaml"), "name: hubspoke\nruntime: nodejs\n");
        process.env.PATH = `${path.join(folder, "bin")}${path.delimiter}${before.PATH}`;
        process.env.PULUMI_OPTION_CWD = folder;
    });
    afterEach(() => {
        Object.assign(process.env, before);
        if (before.PULUMI_OPTION_CWD === undefined) {
            delete process.env.PULUMI_OPTION_CWD;
        }
        rmSync(folder, { recursive: true });
    });

    it("interrupt a shard's run, which then names its limit and how to go on", async () => {
        const outcome = await runStack("prod-1", "up", false, () => undefined, { timeoutMs: 3_000, endMs: 60_000 });
        expect(outcome).to.deep.include({ stack: "prod-1", result: "failed" });
        expect(outcome.isRunning).to.equal(undefined);
        expect(outcome.error).to.match(/did not end in 0\.05 min, and was interrupted.*npm run recover -- prod-1/);
        expect(readFileSync(path.join(folder, "log"), "utf8")).to.equal("up interrupted\n");
    });

    it("end the wait for a shard's run that does not end after that, and say so", async () => {
        writeFileSync(path.join(folder, "deaf"), "");
        const outcome = await runStack("prod-1", "up", false, () => undefined, { timeoutMs: 3_000, endMs: 1_200 });
        expect(outcome).to.deep.include({ stack: "prod-1", result: "failed", isRunning: true });
        expect(outcome.error).to.match(/interrupted; 0\.02 min later it still ran, .*npm run recover -- prod-1/);
    });

    it("end the reading of a configuration, and its error says that the backend does not answer", async () => {
        const error = await configOf("prod", { folder }, 300).catch((reason: unknown) => reason);
        const late = /pulumi config --stack prod failed: no end in 0\.005 min, perhaps since the backend/;
        expect(String(error)).to.match(late);
    });
});
