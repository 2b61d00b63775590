import { expect } from "chai";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../../lab/paths";
import { processFacts, waitFor } from "../../lab/processes";
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

/** Starts a lab of another name, and kills it with all that it has not detached, as soon as `begun` says so. */
async function killLab(name: string, begun: () => boolean): Promise<void> {
    const child = spawn(process.execPath, ["--import", "tsx", "lab/main.ts", "up"], {
        cwd: projectRoot,
        env: { ...process.env, LAB_NAME: name },
        stdio: "ignore",
    });
    const look = () => Promise.resolve(begun() ? { done: true as const } : { seen: "nothing of it yet" });
    await waitFor(`the lab ${name} to begin`, look, { timeoutMs: 60_000, intervalMs: 50 });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
}

describe("a lab that was killed during its start", () => {
    const name = "killed";
    const folder = path.join(projectRoot, ".lab", name);

    it("is cleaned up by lab:down, with every process that it had started", async () => {
        await killLab(name, () => fs.existsSync(path.join(folder, "processes", "hub-etcd.json")));
        // A record that was being written at that moment has another ending, and is incomplete.
        const files = fs.readdirSync(path.join(folder, "processes")).filter((file) => file.endsWith(".json"));
        const records = files.map((file) => {
            return JSON.parse(fs.readFileSync(path.join(folder, "processes", file), "utf8")) as { pid: number };
        });
        expect(records).not.to.be.empty;
        const { ok, output } = await npmRun("lab:down", { LAB_NAME: name });
        expect(ok, output).to.equal(true);
        expect(records.filter(({ pid }) => processFacts(pid) !== undefined)).to.deep.equal([]);
        expect(fs.existsSync(folder)).to.equal(false);
    });
});

describe("a run that was killed", () => {
    it("leaves a lock, whose holder the next run names and finds dead, and releases it", async () => {
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
