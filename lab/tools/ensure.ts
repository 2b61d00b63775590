import * as fs from "node:fs";
import * as path from "node:path";
import { labDir, toolCache } from "../paths";
import { withLock } from "../processes";
import { buildTool, clearWorkDir, formatElapsed } from "./build";
import { cachedTool } from "./cache";
import { catalogue, type Tool, type ToolName, type Tools } from "./catalogue";
import { checkDisk } from "./disk";
import { checkGo } from "./go";
import { findOnPath } from "./onPath";

/** All tools of this lab under their names, for PATH. */
export const toolBin = path.join(labDir, "bin");

const lockLimitMs = 90 * 60_000;

/** The path under which this lab calls a tool, once {@link ensureTools} has linked it. */
export function toolPath(name: ToolName): string {
    return path.join(toolBin, name);
}

/**
 * Finds every tool on PATH (in the right version) or in the cache, builds the others, and links all
 * into `<labDir>/bin`. Builds hold a lock: a second run waits for them and then finds what they built.
 * Fails if Go is missing or too old, the disk too full, or a build fails.
 */
export async function ensureTools(report: (line: string) => void): Promise<Tools> {
    const found = await findTools();
    const missing = catalogue.filter((tool) => !found.has(tool.name));
    if (missing.length > 0) {
        await buildMissing(missing, report);
    }
    const entries = catalogue.flatMap((tool: Tool) => {
        const file = found.get(tool.name) ?? cachedTool(tool);
        return [tool.name, ...(tool.aliases ?? [])].map((name) => [name, file] as const);
    });
    linkAll(entries);
    return Object.fromEntries(entries) as unknown as Tools;
}

/** Tools that need no build: the user's own, else built ones from the cache. */
async function findTools(): Promise<Map<string, string>> {
    const files = await Promise.all(
        catalogue.map(async (tool: Tool) => {
            const cached = cachedTool(tool);
            const file = (await findOnPath(tool)) ?? (fs.existsSync(cached) ? cached : undefined);
            return file === undefined ? [] : [[tool.name, file] as const];
        }),
    );
    return new Map(files.flat());
}

async function buildMissing(missing: readonly Tool[], report: (line: string) => void): Promise<void> {
    const goDirs = await checkGo();
    const lock = { purpose: "building the lab's tools", timeoutMs: lockLimitMs, report };
    await withLock(path.join(toolCache, "build"), lock, async () => {
        const todo = missing.filter((tool) => !fs.existsSync(cachedTool(tool)));
        if (todo.length === 0) {
            return;
        }
        if (todo.length > catalogue.length / 2) {
            checkDisk(goDirs, toolCache);
        }
        report(`${announcement(todo)} Later runs take them from ${toolCache}.`);
        clearWorkDir();
        const started = Date.now();
        for (const [index, tool] of todo.entries()) {
            await buildTool(tool, `${index + 1} of ${todo.length}`, report);
        }
        clearWorkDir();
        report(`built ${todo.length} tools in ${formatElapsed(Date.now() - started)}`);
    });
}

function announcement(todo: readonly Tool[]): string {
    return todo.length === catalogue.length
        ? `The first run builds ${todo.length} tools from source: about 25 minutes on two cores, less on more.`
        : `Building ${todo.length} of ${catalogue.length} tools from source: up to 25 minutes on two cores ` +
              `(${todo.map((tool) => tool.name).join(", ")}).`;
}

/** Points every link at its file; a link that is right stays as it is. */
function linkAll(entries: readonly (readonly [string, string])[]): void {
    fs.mkdirSync(toolBin, { recursive: true });
    for (const [name, file] of entries) {
        const link = path.join(toolBin, name);
        if (fs.existsSync(link) && fs.readlinkSync(link) === file) {
            continue;
        }
        const temporary = `${link}.${process.pid}.tmp`;
        fs.symlinkSync(file, temporary);
        fs.renameSync(temporary, link);
    }
}
