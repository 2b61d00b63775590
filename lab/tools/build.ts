import * as fs from "node:fs";
import * as path from "node:path";
import { toolCache } from "../paths";
import { run } from "../processes";
import { cachedTool, moduleDir } from "./cache";
import { linkerFlags, type Tool } from "./catalogue";
import { goEnvironment } from "./go";

const reportEveryMs = 20_000;
const logLines = 15;

/** The compiler's work files: below the cache, because an interrupted Go leaves them behind. */
const workDir = path.join(toolCache, "work");

/** Removes work files of interrupted builds. Only for the holder of the build lock. */
export function clearWorkDir(): void {
    fs.rmSync(workDir, { recursive: true, force: true });
}

/**
 * Builds a tool from its pinned module into the cache: under a temporary name, renamed when complete.
 * Ctrl-C and the end of this process interrupt the compiler.
 * `label` begins every line of progress.
 */
export async function buildTool(tool: Tool, label: string, report: (line: string) => void): Promise<void> {
    const target = cachedTool(tool);
    const dir = path.dirname(target);
    fs.rmSync(dir, { recursive: true, force: true });
    fs.mkdirSync(dir, { recursive: true });
    fs.mkdirSync(workDir, { recursive: true });
    const temporary = `${target}.${process.pid}.tmp`;

    const started = Date.now();
    const elapsed = () => formatElapsed(Date.now() - started);
    report(`${label}: building ${tool.name} ${tool.version}`);
    const timer = setInterval(() => report(`${label}: building ${tool.name} for ${elapsed()}`), reportEveryMs);
    try {
        const flags = ["-trimpath", "-buildvcs=false", "-mod=readonly", "-ldflags", linkerFlags(tool)];
        const { ok, output, reason } = await run("go", ["build", ...flags, "-o", temporary, tool.package], {
            cwd: moduleDir(tool.module),
            env: { ...goEnvironment, GOTMPDIR: workDir },
        });
        if (!ok) {
            throw buildError(tool, output === "" ? reason : output);
        }
    } finally {
        clearInterval(timer);
    }
    fs.renameSync(temporary, target);
    report(`${label}: built ${tool.name} ${tool.version} in ${elapsed()}`);
}

/** Minutes and seconds, as in "3m05s". */
export function formatElapsed(ms: number): string {
    const seconds = Math.round(ms / 1000);
    const rest = String(seconds % 60).padStart(2, "0");
    return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${rest}s`;
}

function buildError(tool: Tool, output: string): Error {
    const log = path.join(toolCache, "logs", `build-${tool.name}.log`);
    const tail = output.trimEnd().split("\n").slice(-logLines).join("\n");
    return new Error(`cannot build ${tool.name} ${tool.version}: ${remedyFor(output)}\n${tail}${saved(log, output)}`);
}

/** Saves the whole output; on a full disk the error does not name a file. */
function saved(log: string, output: string): string {
    try {
        fs.mkdirSync(path.dirname(log), { recursive: true });
        fs.writeFileSync(log, output);
        return `\n(log: ${log})`;
    } catch {
        return "";
    }
}

function remedyFor(output: string): string {
    if (/no space left on device/i.test(output)) {
        return "the disk is full; free some space and run again";
    }
    if (/dial tcp|no such host|i\/o timeout|connection refused|proxyconnect|toolchain not available/i.test(output)) {
        return "a Go module could not be fetched; check the network and GOPROXY (`go env GOPROXY`) and run again";
    }
    return "the compiler's last lines follow";
}
