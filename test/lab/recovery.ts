import { expect } from "chai";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { waitFor } from "../../lab/processes";
import { backendDir, pulumiEnvironment } from "../../lab/stacks/environment";
import { labelled, npmRun, pulumi, withConfig } from "./support/lab";

const locks = path.join(backendDir, ".pulumi", "locks", "organization", "hubspoke", "dr");

/** Starts `pulumi up`, and kills it, as a crash would, as soon as it holds the stack's lock. */
async function killUp(): Promise<void> {
    const child = spawn("pulumi", ["up", "--yes", "--skip-preview", "--stack", "dr", "--non-interactive"], {
        env: { ...process.env, ...pulumiEnvironment() },
        stdio: "ignore",
    });
    await waitFor(
        "the lock of stack dr",
        () => {
            const held = fs.existsSync(locks) && fs.readdirSync(locks).length > 0;
            return Promise.resolve(held ? { done: true } : { seen: "no lock" });
        },
        { timeoutMs: 60_000, intervalMs: 50 },
    );
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
}

describe("a run that was killed", () => {
    it("leaves a lock, which the next run names, finds dead and releases", async () => {
        await withConfig("dr", labelled("dr", { tier: "killed" }), killUp);
        const locked = await pulumi("dr", "up", "--yes", "--skip-preview");
        expect(locked.ok).to.equal(false);
        expect(locked.output).to.match(/currently locked by 1 lock/);

        const { ok, output } = await npmRun("lab");
        expect(ok, output).to.equal(true);
        expect(output).to.match(/stack dr was locked by process \d+ of .*, which is dead; its lock is released/);
        const preview = await pulumi("dr", "preview", "--expect-no-changes");
        expect(preview.ok, preview.output).to.equal(true);
    });
});
