import { existsSync } from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { inFolder } from "../../scripts/support/folder";
import { run } from "../../scripts/support/run";

/** A script that ends only when it is interrupted, and then needs a second to write a file. */
const slowEnd = 'trap \'sleep 1; echo saved > "$FILE"; exit 1\' INT; echo begun; while true; do sleep 0.1; done';

describe("a command with a limit", () => {
    const late = (endMs: number, file: string) =>
        run("bash", ["-c", slowEnd], { env: { FILE: file }, timeoutMs: 2_000, endMs });

    it("is interrupted there, and gets its time to end", () =>
        inFolder(async (folder) => {
            const file = path.join(folder, "state");
            const { ok, timedOut, reason, output } = await late(15_000, file);
            expect({ ok, timedOut }).to.deep.equal({ ok: false, timedOut: true });
            expect(existsSync(file)).to.equal(true);
            expect(reason).to.equal("bash did not end in 2 s, and was interrupted");
            expect(output).to.equal(`begun\n${reason}`);
        }));

    it("is killed if it does not end in that time either, and the reason says so", () =>
        inFolder(async (folder) => {
            const file = path.join(folder, "state");
            const { reason } = await late(100, file);
            expect(existsSync(file)).to.equal(false);
            expect(reason).to.equal("bash did not end in 2 s, and was interrupted; it was killed 0.1 s later");
        }));

    it("has the reason of its own where it ends before", async () => {
        const { ok, timedOut, reason, output } = await run("bash", ["-c", "echo no; exit 3"], { timeoutMs: 15_000 });
        expect({ ok, timedOut, output }).to.deep.equal({ ok: false, timedOut: false, output: "no" });
        expect(reason).to.match(/^Command failed with exit code 3/);
    });
});
