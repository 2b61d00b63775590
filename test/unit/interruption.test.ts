import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { inFolder } from "../../scripts/support/folder";

const root = path.resolve(__dirname, "../..");

/** A command that counts the interruptions in a file, and prints while it ends, like `pulumi`. */
const command = [
    'trap \'at=end; echo interrupted >> "$FILE"\' INT',
    "echo begun",
    'for i in {1..20}; do [ "$at" = end ] && break; sleep 0.1; done',
    'for step in 1 2 3 4 5; do sleep 0.1; echo "step $step"; done',
    'echo ended >> "$FILE"',
].join("\n");

/** Runs the command by `run` in a process that leads a group; sends a signal to one of them when it has begun. */
async function signalled(signal: NodeJS.Signals, to: "group" | "process", more = "") {
    return inFolder(async (folder) => {
        const [file, script] = [path.join(folder, "log"), path.join(folder, "script.ts")];
        writeFileSync(file, "");
        const module = JSON.stringify(path.join(root, "scripts/support/run"));
        const options = `{ env: ${JSON.stringify({ FILE: file })}, onOutput: (text) => process.stdout.write(text), timeoutMs: 15_000 }`;
        const body = `const { ok } = await run("bash", ["-c", ${JSON.stringify(command)}], ${options}); console.log("goes on", ok);`;
        writeFileSync(script, `import { run } from ${module};\n${more}\nvoid (async () => { ${body} })();\n`);
        const child = spawn(process.execPath, ["--import", "tsx", script], {
            cwd: root,
            detached: true,
            stdio: ["ignore", "pipe", "pipe"],
        });
        let output = "";
        child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
        child.stdout.on("data", (chunk: Buffer) => {
            output += chunk.toString();
            if (output.endsWith("begun\n") && child.pid !== undefined) {
                process.kill(to === "group" ? -child.pid : child.pid, signal);
            }
        });
        const [, by] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
        return { by, log: readFileSync(file, "utf8").trim().split("\n"), output };
    });
}

describe("a signal to a process that runs a command", () => {
    it("lets the command end, which got ^C once, and ends the process after it", async () => {
        const { by, log, output } = await signalled("SIGINT", "group");
        expect(log, output).to.deep.equal(["interrupted", "ended"]);
        expect(by).to.equal("SIGINT");
        expect(output).to.match(/SIGINT: waiting for the command.*\n[^]*step 5/).and.not.match(/goes on/);
    });

    it("is not passed on to the command, which ends by itself", async () => {
        const { by, log, output } = await signalled("SIGTERM", "process");
        expect(log, output).to.deep.equal(["ended"]);
        expect(by).to.equal("SIGTERM");
        expect(output).to.match(/SIGTERM: waiting[^]*step 5/).and.not.match(/goes on/);
    });

    it("is no matter of another part of the process that handles it", async () => {
        const { by, log, output } = await signalled("SIGINT", "group", 'process.once("SIGINT", () => console.log("handled"));');
        expect(log, output).to.deep.equal(["interrupted", "ended"]);
        expect(by).to.equal(null);
        expect(output).to.match(/handled\n[^]*goes on true/).and.not.match(/waiting/);
    });

    it("ends it also beside the package signal-exit, which leaves the signal to others", async () => {
        const { createRequire } = await import("node:module");
        const third = createRequire(require.resolve("proper-lockfile")).resolve("signal-exit");
        const { by, log, output } = await signalled("SIGINT", "group", `require(${JSON.stringify(third)})(() => console.log("unlocked"));`);
        expect(log, output).to.deep.equal(["interrupted", "ended"]);
        expect(by).to.equal("SIGINT");
        expect(output).to.match(/step 5\n[^]*unlocked/).and.not.match(/goes on/);
    });
});
