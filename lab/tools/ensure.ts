import * as fs from "node:fs";
import * as path from "node:path";
import { labDir, toolCache } from "../paths";
import { withLock } from "../processes";
import { buildTool, clearWorkDir, formatElapsed } from "./build";
import { cachedTool } from "./cache";
import { catalogue, type Tool, type ToolName } from "./catalogue";
import { checkDisk } from "./disk";
import { checkGo } from "./go";
import { extras, type ExtraName } from "./extras";
import { findOnPath } from "./onPath";

/** All tools of this lab under their names, for PATH. */
export const toolBin = path.join(labDir, "bin");

const lockLimitMs = 90 * 60_000;

/** The path under which this lab calls a tool, once {@link ensureTools} or {@link ensureExtras} has linked it. */
export function toolPath(name: ToolName | ExtraName): string {
    return path.join(toolBin, name);
}

/**
 * Finds every tool of the catalogue on PATH (in the right version) or in the cache, builds the others, and links all
 * into `<labDir>/bin`. Builds hold a lock: a second run waits for them and then finds what they built.
 * Fails if Go is missing or too old, the disk too full, or a build fails.
 */
export async function ensureTools(report: (line: string) => void): Promise<void> {
    await ensure(catalogue, report);
}

/** Does for the named extras what {@link ensureTools} does for the catalogue. */
export async function ensureExtras(names: readonly ExtraName[], report: (line: string) => void): Promise<void> {
    await ensure(extras.filter(({ name }) => names.includes(name)), report);
}

async function ensure(tools: readonly Tool[], report: (line: string) => void): Promise<void> {
    const found = await findTools(tools);
    const missing = tools.filter((tool) => !found.has(tool.name));
    if (missing.length > 0) {
        await buildMissing(missing, report);
    }
    linkAll(
        tools.flatMap((tool) => {
            const file = found.get(tool.name) ?? cachedTool(tool);
            return [tool.name, ...(tool.aliases ?? [])].map((name) => [name, file] as const);
        }),
    );
}

/** Tools that need no build: the user's own, else built ones from the cache. */
async function findTools(tools: readonly Tool[]): Promise<Map<string, string>> {
    const files = await Promise.all(
        tools.map(async (tool) => {
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
        ? `The first run builds ${todo.length} tools from source: about 15 minutes on two cores, less on more.`
        : `Building from source: ${todo.map((tool) => tool.name).join(", ")}; up to 15 minutes on two cores.`;
}

/** Points every link at its file; a link that is right stays as it is. */
function linkAll(entries: readonly (readonly [string, string])[]): void {
    fs.mkdirSync(toolBin, { recursive: true });
    for (const [name, file] of entries) {
        const link = path.join(toolBin, name);
        if (isSameFile(link, file)) {
            continue;
        }
        const temporary = `${link}.${process.pid}.tmp`;
        linkTo(file, temporary);
        fs.renameSync(temporary, link);
    }
}

function isSameFile(link: string, file: string): boolean {
    const [left, right] = [link, file].map((name) => fs.statSync(name, { throwIfNoEntry: false }));
    return left !== undefined && left.ino === right?.ino && left.dev === right.dev;
}

/**
 * A hard link where the tool is our own build: the Pulumi CLI looks for its language host beside its real file, and
 * warns of one that it finds on PATH. A user's own tool may have its companions beside it, so it stays where it is.
 */
function linkTo(file: string, link: string): void {
    if (file.startsWith(toolCache + path.sep) && fs.statSync(toolCache).dev === fs.statSync(path.dirname(link)).dev) {
        fs.linkSync(file, link);
    } else {
        fs.symlinkSync(file, link);
    }
}
