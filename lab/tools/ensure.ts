import * as fs from "node:fs";
import * as path from "node:path";
import { labDir, toolCache } from "../paths";
import type { Report } from "../phases";
import { withLock } from "../processes";
import { buildTools } from "./build";
import { cachedTool } from "./cache";
import { catalogue, type Tool, type ToolName } from "./catalogue";
import { checkDisk } from "./disk";
import { extras, type ExtraName } from "./extras";
import { findGo } from "./findGo";
import { findOnPath } from "./onPath";
import { cachedPrebuilt, fetchTools } from "./prebuilt";
import { inLabVersion } from "./versions";

/** All tools of this lab under their names, for PATH. */
export const toolBin = path.join(labDir, "bin");

const lockLimitMs = 90 * 60_000;

/** The path under which this lab calls a tool, once {@link ensureTools} or {@link ensureExtras} has linked it. */
export function toolPath(name: ToolName | ExtraName): string {
    return path.join(toolBin, name);
}

/**
 * Finds every tool of the catalogue on PATH (in the right version) or in the cache, fetches the others or builds them
 * where that is not possible, and links all into `<labDir>/bin`. That holds a lock: a second run waits and then finds
 * what the first one brought.
 * Fails if there is no Go for a build, the disk is too full, or a build fails.
 */
export async function ensureTools(report: Report): Promise<void> {
    await ensure(catalogue.map(inLabVersion), report);
}

/** {@link ensureTools} for the named extras. */
export async function ensureExtras(names: readonly ExtraName[], report: Report): Promise<void> {
    await ensure(extras.filter(({ name }) => names.includes(name)), report);
}

/** Does for any tools what {@link ensureTools} does for the catalogue. */
export async function ensure(tools: readonly Tool[], report: Report): Promise<void> {
    const found = await findTools(tools);
    const missing = tools.filter((tool) => !found.has(tool.name));
    if (missing.length > 0) {
        await bring(missing, report);
    }
    linkAll(
        tools.flatMap((tool) => {
            const file = found.get(tool.name) ?? cached(tool) ?? cachedTool(tool);
            return [tool.name, ...(tool.aliases ?? [])].map((name) => [name, file] as const);
        }),
    );
}

/** Tools that are there: the user's own, else those in the cache. */
async function findTools(tools: readonly Tool[]): Promise<Map<string, string>> {
    const files = await Promise.all(
        tools.map(async (tool) => {
            const file = (await findOnPath(tool)) ?? cached(tool);
            return file === undefined ? [] : [[tool.name, file] as const];
        }),
    );
    return new Map(files.flat());
}

function cached(tool: Tool): string | undefined {
    const built = cachedTool(tool);
    return cachedPrebuilt(tool) ?? (fs.existsSync(built) ? built : undefined);
}

/** Fetches tools into the cache, and builds those that do not come. */
async function bring(missing: readonly Tool[], report: Report): Promise<void> {
    const lock = { purpose: "fetching or building the lab's tools", timeoutMs: lockLimitMs, report };
    await withLock(path.join(toolCache, "build"), lock, async () => {
        const wanted = missing.filter((tool) => !cached(tool));
        await fetchTools(wanted, report);
        const todo = wanted.filter((tool) => !cached(tool));
        if (todo.length === 0) {
            return;
        }
        const { go, dirs } = await findGo();
        if (todo.length > catalogue.length / 2) {
            checkDisk(dirs, toolCache);
        }
        report(announcement(todo), true);
        await buildTools(todo, go, report);
    });
}

function announcement(todo: readonly Tool[]): string {
    return todo.length === catalogue.length
        ? `building ${todo.length} tools from source: about 15 minutes on two cores`
        : `building ${todo.map((tool) => tool.name).join(", ")} from source: up to 15 minutes on two cores`;
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
 * warns of one that it finds on PATH. Another tool may have its companions beside it, so it stays where it is.
 */
function linkTo(file: string, link: string): void {
    const isBuilt = file.startsWith(path.join(toolCache, "tools") + path.sep);
    if (isBuilt && fs.statSync(toolCache).dev === fs.statSync(path.dirname(link)).dev) {
        fs.linkSync(file, link);
    } else {
        fs.symlinkSync(file, link);
    }
}
