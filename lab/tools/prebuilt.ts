import * as fs from "node:fs";
import * as path from "node:path";
import { toolCache } from "../paths";
import type { Report } from "../phases";
import { run } from "../processes";
import { saysVersion, type Prebuilt, type Tool } from "./catalogue";
import { saveLog } from "./logs";
import { findMise, installedFile, type Mise, miseData } from "./mise";
import { duration, Progress } from "./progress";
import { whyNoneAnswers } from "./releaseHosts";

/** mise is stopped once it has fetched nothing for so long. */
const silenceMs = 5_000;
const lookEveryMs = 500;

const reasonLength = 240;

/** Megabits a second, for the first estimate. */
const lineRate = 100;

interface Released extends Tool {
    readonly prebuilt: Prebuilt;
}

/** Whether the tool's project releases it for this platform. */
function isReleased(tool: Tool): tool is Released {
    return tool.prebuilt !== undefined && (tool.prebuilt.only ?? process.platform) === process.platform;
}

/** The fetched tool; undefined if none of its version is in the cache. */
export function cachedPrebuilt(tool: Tool): string | undefined {
    const link = linkOf(tool);
    return isReleased(tool) && fs.existsSync(link) ? fs.realpathSync(link) : undefined;
}

function linkOf({ name, version }: Tool): string {
    return path.join(toolCache, "prebuilt", `${name}-${version}-${process.platform}-${process.arch}`);
}

/**
 * Fetches tools as their projects release them, as far as the release hosts answer; those that did not come
 * have to be built. Only for the holder of the lock of the tools.
 */
export async function fetchTools(tools: readonly Tool[], report: Report): Promise<void> {
    const released = tools.filter(isReleased);
    if (released.length === 0) {
        return;
    }
    const silent = process.env.MISE_URL_REPLACEMENTS ? undefined : await whyNoneAnswers();
    if (silent !== undefined) {
        report(`prebuilt tools cannot be fetched (${silent})`, true);
        return;
    }
    try {
        const others = tools.filter((tool) => !isReleased(tool)).map(({ name }) => name);
        if (others.length > 0) {
            report(`to be built, for want of a release for this machine: ${others.join(", ")}`, true);
        }
        await fetchWith(await findMise(), released, report);
    } catch (error) {
        report(`prebuilt tools cannot be fetched: ${(error as Error).message}`, true);
    }
}

async function fetchWith(mise: Mise, tools: readonly Released[], report: Report): Promise<void> {
    const keys = [...new Map(tools.map(({ prebuilt }) => [prebuilt.mise, prebuilt.megabytes]))];
    const total = keys.reduce((sum, [, megabytes]) => sum + megabytes, 0);
    const what = `fetching ${tools.length} tools`;
    report(`${what}, about ${total} MB: ${duration((total * 8000) / lineRate)} at ${lineRate} Mbit/s`, true);
    const before = megabytesIn(miseData);
    const progress = new Progress(report, what, {
        total: () => total,
        done: () => megabytesIn(miseData) - before,
        unit: "MB",
    });
    const stall = new AbortController();
    const watch = watchSilence(() => stall.abort());
    const { output } = await mise(["install", ...keys.map(([key]) => key)], { signal: stall.signal }).finally(() => {
        clearInterval(watch);
        progress.stop();
    });
    const came = await Promise.all(tools.map(async (tool) => ((await keep(mise, tool)) ? tool.name : undefined)));
    const missing = tools.filter(({ name }) => !came.includes(name)).map(({ name }) => name);
    if (missing.length > 0) {
        const reason = stall.signal.aborted ? "no byte came for some seconds" : reasonIn(output);
        report(`not fetched: ${missing.join(", ")}: ${reason} ${saveLog("mise", output)}`, true);
    }
}

/** The first failure that mise names, or the end of what it says. */
function reasonIn(output: string): string {
    const [, reason] = /^(?:mise ERROR Failed to install )?\S+@\S+: (.*?)^(?:note:|mise )/ms.exec(output) ?? [];
    return (reason ?? output.slice(-reasonLength)).replace(/\s+/g, " ").trim().slice(0, reasonLength);
}

/** Links what mise installed into the cache, if it runs on this machine and is the wanted version. */
async function keep(mise: Mise, tool: Released): Promise<boolean> {
    const file = await installedFile(mise, tool.prebuilt.mise, tool.name);
    if (file === undefined || !(await runs(tool, file))) {
        return false;
    }
    const link = linkOf(tool);
    fs.mkdirSync(path.dirname(link), { recursive: true });
    fs.rmSync(link, { force: true });
    fs.symlinkSync(file, link);
    return true;
}

async function runs({ versionArgs, version, prebuilt }: Released, file: string): Promise<boolean> {
    if (!versionArgs) {
        return true;
    }
    const env = { PULUMI_SKIP_UPDATE_CHECK: "true" };
    const { ok, output } = await run(file, versionArgs, { timeoutMs: 20_000, env });
    return ok && saysVersion(output, prebuilt.version ?? version);
}

/** Calls `then` once nothing has come for {@link silenceMs}. */
function watchSilence(then: () => void): NodeJS.Timeout {
    let last = { megabytes: -1, at: Date.now() };
    return setInterval(() => {
        const megabytes = megabytesIn(miseData);
        if (megabytes !== last.megabytes) {
            last = { megabytes, at: Date.now() };
        } else if (Date.now() - last.at > silenceMs) {
            then();
        }
    }, lookEveryMs);
}

/** Sizes of the files below a folder, in which others work. */
function megabytesIn(folder: string): number {
    try {
        const sizes = fs.readdirSync(folder, { withFileTypes: true }).map((entry) => {
            const file = path.join(folder, entry.name);
            return entry.isDirectory() ? megabytesIn(file) : fs.lstatSync(file).size / 1e6;
        });
        return sizes.reduce((sum, size) => sum + size, 0);
    } catch {
        // It went while it was read.
        return 0;
    }
}
