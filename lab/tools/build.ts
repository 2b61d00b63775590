import * as fs from "node:fs";
import * as path from "node:path";
import type { Report } from "../phases";
import { toolCache } from "../paths";
import { cachedTool, compilerFlags, moduleDir } from "./cache";
import { linkerFlags, type Tool } from "./catalogue";
import type { Go } from "./findGo";
import { saveLog } from "./logs";
import { duration, Progress } from "./progress";

const logLines = 15;

/** The compiler's work files and output: below the cache, because an interrupted Go leaves them behind. */
const workDir = path.join(toolCache, "work");

/** Tools of one module, which `go build` builds together: they share most of their packages. */
interface Group {
    readonly module: string;
    readonly tools: readonly Tool[];
}

/**
 * Builds tools from their pinned modules into the cache, one module after another. All modules are downloaded at the
 * start, beside the compiler's first work. Ctrl-C and the end of this process interrupt the compiler. Only for the
 * holder of the lock of the tools.
 */
export async function buildTools(tools: readonly Tool[], go: Go, report: Report): Promise<void> {
    fs.rmSync(workDir, { recursive: true, force: true });
    fs.mkdirSync(workDir, { recursive: true });
    const started = Date.now();
    const names = [...new Set(tools.map(({ module }) => module))];
    const groups = names.map((module) => ({ module, tools: tools.filter((tool) => tool.module === module) }));
    const counts = groups.map((group) => countPackages(group, go));
    let total: number | undefined;
    let done = 0;
    void Promise.all(counts).then(
        (all) => (total = all.reduce((sum, count) => sum + count, 0)),
        () => undefined,
    );
    const work = { total: () => total, done: () => done, unit: "packages" };
    const progress = new Progress(report, `building ${tools.length} tools`, work);
    try {
        for (const [index, group] of groups.entries()) {
            await counts[index];
            await buildGroup(group, go, (packages) => (done += packages));
        }
    } finally {
        progress.stop();
        fs.rmSync(workDir, { recursive: true, force: true });
    }
    report(`built ${tools.length} tools in ${duration(Date.now() - started)}`, true);
}

/** Downloads the modules of all packages of the tools; @returns how many packages have to be compiled. */
async function countPackages(group: Group, go: Go): Promise<number> {
    const stale = "{{if .Stale}}{{.ImportPath}}{{end}}";
    const args = ["list", "-deps", ...compilerFlags, "-f", stale, ...packagesOf(group)];
    const { ok, stdout, output } = await go(args, { cwd: moduleDir(group.module) });
    if (!ok) {
        throw buildError(group, output);
    }
    return stdout.split("\n").filter(Boolean).length;
}

async function buildGroup(group: Group, go: Go, compiled: (packages: number) => void): Promise<void> {
    const out = path.join(workDir, group.module);
    const linking = group.tools.map((tool) => `-ldflags=${tool.package}=${linkerFlags(tool)}`);
    const { ok, output, reason } = await go(
        ["build", "-v", ...compilerFlags, ...linking, "-o", `${out}${path.sep}`, ...packagesOf(group)],
        {
            cwd: moduleDir(group.module),
            env: { GOTMPDIR: workDir },
            onOutput: (text) => compiled(text.split("\n").length - 1),
        },
    );
    if (!ok) {
        throw buildError(group, output === "" ? reason : output);
    }
    for (const tool of group.tools) {
        const target = cachedTool(tool);
        fs.mkdirSync(path.dirname(target), { recursive: true });
        fs.renameSync(path.join(out, executableName(tool.package)), target);
    }
}

function packagesOf({ tools }: Group): string[] {
    return tools.map((tool) => tool.package);
}

/** `go build -v` writes the name of each package that it compiles. */
function isPackage(line: string): boolean {
    return /^[\w.~/-]+$/.test(line);
}

/** The name that `go build` gives: the last part of the package's path that is no major version. */
function executableName(packagePath: string): string {
    return path.posix.basename(packagePath.replace(/\/v\d+$/, ""));
}

function buildError({ module, tools }: Group, output: string): Error {
    const names = tools.map(({ name, version }) => `${name} ${version}`).join(", ");
    const lines = output.trimEnd().split("\n").filter((line) => !isPackage(line));
    const tail = lines.slice(-logLines).join("\n");
    return new Error(`cannot build ${names}: ${remedyFor(output)}\n${tail}\n${saveLog(`build-${module}`, output)}`);
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
