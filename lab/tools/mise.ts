import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { toolCache } from "../paths";
import type { RunOptions, RunResult } from "../../scripts/support/run";
import { isAtLeast } from "../../settings/version";
import { run, writeFileWhole } from "../processes";
import { moduleDir } from "./cache";
import { moveWhole } from "./moveWhole";
import { whichOnPath } from "./onPath";

const platform = `${process.platform}-${process.arch}`;

/**
 * mise, and what it fetches for this platform: several may share a home. Nothing of it is in the user's own folders of
 * mise.
 */
const miseDir = path.join(toolCache, `mise-${platform}`);

/** The folder whose growth shows that mise fetches something. */
export const miseData = path.join(miseDir, "data");

/** No host is waited for longer without a byte. */
const silence = { mise: "4s", npm: 5_000 };
const installLimitMs = 300_000;

/** The files of lab/toolchain/mise that mise reads; the second is there once the workflow tools-lock has written it. */
const configurationFiles = ["mise.toml", "mise.lock"].map((name) => path.join(moduleDir("mise"), name));

/** mise with its command line, as {@link findMise} found it. */
export type Mise = (args: readonly string[], options?: RunOptions) => Promise<RunResult>;

/**
 * The mise on PATH if it is not older than the version in lab/toolchain/mise, otherwise that version from the npm
 * registry. It reads mise.toml and mise.lock of that folder and no other.
 *
 * @throws Error if there is none, and the npm registry has none for this platform
 */
export async function findMise(): Promise<Mise> {
    const wanted = wantedVersion();
    const file = (await newEnoughOnPath(wanted)) ?? (await fromNpm(wanted));
    const cwd = copyConfiguration();
    return (args, options = {}) => run(file, args, { ...options, cwd, env: { ...environment(cwd), ...options.env } });
}

/** A copy, where mise changes no file of the checkout; one for each content, which other runs may use too. */
function copyConfiguration(): string {
    const files = configurationFiles.filter((file) => fs.existsSync(file));
    const hash = createHash("sha256");
    files.forEach((file) => hash.update(fs.readFileSync(file)));
    const folder = path.join(miseDir, "configurations", hash.digest("hex").slice(0, 12));
    files.forEach((file) => writeFileWhole(path.join(folder, path.basename(file)), fs.readFileSync(file, "utf8")));
    return folder;
}

/** Which file mise installed for a tool; undefined if it has none. */
export async function installedFile(mise: Mise, tool: string, name: string): Promise<string | undefined> {
    const { ok, stdout } = await mise(["bin-paths", tool], { env: { MISE_OFFLINE: "1" } });
    const files = ok ? stdout.split("\n").map((folder) => path.join(folder, name)) : [];
    return files.find((file) => fs.existsSync(file));
}

function wantedVersion(): string {
    const file = path.join(moduleDir("mise"), "package.json");
    const { devDependencies } = JSON.parse(fs.readFileSync(file, "utf8")) as { devDependencies: Record<string, string> };
    return devDependencies["@jdxcode/mise"]!;
}

/** Versions are dates: year, month, number. */
async function newEnoughOnPath(wanted: string): Promise<string | undefined> {
    const file = whichOnPath("mise");
    const { stdout } = file ? await run(file, ["--version"], { timeoutMs: 10_000, env: { MISE_OFFLINE: "1" } }) : { stdout: "" };
    const [version = ""] = /\d{4}\.\d+\.\d+/.exec(stdout) ?? [];
    return isAtLeast(version, wanted) ? file : undefined;
}

/** The package of this platform alone: it has no install script. */
async function fromNpm(version: string): Promise<string> {
    const name = `@jdxcode/mise-${platform}`;
    const folder = path.join(miseDir, version);
    const file = path.join(folder, "node_modules", name, "bin", "mise");
    if (!fs.existsSync(file)) {
        const temporary = `${folder}.${process.pid}.tmp`;
        fs.mkdirSync(temporary, { recursive: true });
        const flags = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=0"];
        // Without the prefix npm would look for a project in the folders above.
        const args = ["install", `--prefix=${temporary}`, ...flags, `--fetch-timeout=${silence.npm}`, `${name}@${version}`];
        const { ok, output } = await run("npm", args, { cwd: temporary, timeoutMs: installLimitMs });
        if (!ok) {
            fs.rmSync(temporary, { recursive: true });
            throw new Error(`npm has no ${name}@${version}: ${output.split("\n", 1).join("")}`);
        }
        moveWhole(temporary, folder, file);
    }
    return file;
}

function environment(configuration: string): Record<string, string> {
    const locked = fs.existsSync(path.join(configuration, "mise.lock")) ? "1" : "0";
    return {
        MISE_DATA_DIR: miseData,
        MISE_CACHE_DIR: path.join(miseDir, "cache"),
        MISE_STATE_DIR: path.join(miseDir, "state"),
        MISE_CEILING_PATHS: miseDir,
        MISE_TRUSTED_CONFIG_PATHS: configuration,
        MISE_YES: "1",
        MISE_HTTP_TIMEOUT: silence.mise,
        MISE_FETCH_REMOTE_VERSIONS_TIMEOUT: silence.mise,
        MISE_HTTP_RETRIES: "0",
        // Otherwise it would ask GitHub's API, which has a limit, for the versions of every tool in mise.toml.
        MISE_PREFER_OFFLINE: "1",
        // With a lock file only what is in it, by its address and checksum.
        MISE_LOCKFILE: locked,
        MISE_LOCKED: locked,
    };
}
