import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot, toolCache } from "../paths";
import type { Report } from "../phases";
import { run, type RunResult, withLock } from "../processes";

/** The folder of the agent's service. */
export const agentDir = path.join(projectRoot, "agent");

/** Limit of each step of an installation, in milliseconds. */
const stepMs = 300_000;

/**
 * Installs the packages that the agent's lock file pins into the tool cache, once, with `uv`, which pip installs where
 * it is missing. The service itself runs from the checkout.
 *
 * @param folder the folder with `uv.lock`
 * @returns the Python that has the packages; undefined where they cannot be installed, and one reported line says why
 */
export async function agentPython(
    report: Report,
    { folder = agentDir, cache = toolCache } = {},
): Promise<string | undefined> {
    const target = path.join(cache, "agent", keyOf(folder));
    const python = path.join(target, "bin", "python");
    try {
        if (!fs.existsSync(python)) {
            const lock = { purpose: "installing the agent's Python packages", timeoutMs: 3 * stepMs, report };
            await withLock(target, lock, async () => {
                if (!fs.existsSync(python)) {
                    await install(folder, target);
                }
            });
        }
        return python;
    } catch (error) {
        report(`small servers stand in for the agent's service: ${(error as Error).message}`, true);
        return undefined;
    }
}

function keyOf(folder: string): string {
    const lock = fs.readFileSync(path.join(folder, "uv.lock"));
    return createHash("sha256").update(lock).update([process.platform, process.arch].join()).digest("hex").slice(0, 12);
}

/** Complete or not at all: under another name, which an interrupted installation leaves to the next one. */
async function install(folder: string, target: string): Promise<void> {
    const temporary = `${target}.tmp`;
    [target, temporary].forEach((left) => fs.rmSync(left, { recursive: true, force: true }));
    const onPath = await run("uv", ["--version"], { timeoutMs: stepMs });
    const uv = onPath.ok ? "uv" : await uvByPip(folder, temporary);
    const options = ["--locked", "--no-dev", "--no-install-project", "--inexact", "--project", folder];
    const env = { UV_PROJECT_ENVIRONMENT: temporary, UV_PYTHON_DOWNLOADS: "never" };
    check("uv sync", await run(uv, ["sync", ...options], { env, timeoutMs: stepMs }));
    fs.renameSync(temporary, target);
}

/** Installs the uv of the image's Dockerfile into a new environment. */
async function uvByPip(folder: string, environment: string): Promise<string> {
    const dockerfile = fs.readFileSync(path.join(folder, "Dockerfile"), "utf8");
    const version = /astral-sh\/uv:([\d.]+)/.exec(dockerfile)?.[1] ?? "";
    check("python3", await run("python3", ["-m", "venv", environment], { timeoutMs: stepMs }));
    const bin = path.join(environment, "bin");
    check("pip", await run(path.join(bin, "pip"), ["install", "--quiet", `uv==${version}`], { timeoutMs: stepMs }));
    return path.join(bin, "uv");
}

/** @throws Error of one line */
function check(what: string, { ok, output, reason, notFound }: RunResult): void {
    if (!ok) {
        const said = (output.trim() === "" ? reason : output).trim().split("\n").pop() ?? "";
        throw new Error(notFound ? `${what} is not found` : `${what} failed: ${said}`);
    }
}
