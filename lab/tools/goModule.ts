import * as fs from "node:fs";
import * as path from "node:path";
import { toolCache } from "../paths";
import { withLock } from "../processes";
import { moduleDir } from "./cache";
import { findGo } from "./findGo";

/** Files that the lab takes out of a Go module as they are. */
export interface ModuleFiles {
    /** For the user: what the files are. */
    readonly what: string;
    /** Path of the Go module. */
    readonly module: string;
    /** With its "v". */
    readonly version: string;
    /** Folder of lab/toolchain whose go.mod and go.sum pin it. */
    readonly toolchain: string;
    /** Files and folders, relative to the module's root. */
    readonly wanted: readonly string[];
    /** Name of the folder in the tool cache that they are copied to. */
    readonly target: string;
    /** Changes the copies before anybody sees them. */
    readonly finish?: (copy: string) => void;
}

/**
 * Copies files of a Go module into the tool cache, once, out of the module that go.sum vouches for, so later runs need
 * neither Go nor its module cache.
 *
 * @returns the folder that they are in, below it with the same paths as in the module
 * @throws Error with the remedy, when the module cannot be fetched or go.mod pins another version
 */
export async function moduleFiles(
    files: ModuleFiles,
    report: (line: string) => void = () => undefined,
): Promise<string> {
    const target = path.join(toolCache, files.target);
    if (fs.existsSync(target)) {
        return target;
    }
    const options = { purpose: `fetching ${files.what}`, timeoutMs: 300_000, report };
    return withLock(path.join(toolCache, "manifests"), options, async () => {
        if (!fs.existsSync(target)) {
            copyReadable(files, await download(files), target);
        }
        return target;
    });
}

async function download({ what, module, version, toolchain }: ModuleFiles): Promise<string> {
    const { go } = await findGo();
    const options = { cwd: moduleDir(toolchain), timeoutMs: 240_000 };
    const { ok, stdout, output } = await go(["mod", "download", "-json", module], options);
    const found = (stdout === "" ? {} : JSON.parse(stdout)) as { Dir?: string; Version?: string; Error?: string };
    if (!ok || !found.Dir) {
        throw new Error(
            `cannot fetch ${module}, which holds ${what}: check the network and GOPROXY ` +
                `(\`go env GOPROXY\`) and run again\n${found.Error ?? output}`,
        );
    }
    if (found.Version !== version) {
        throw new Error(`lab/toolchain/${toolchain} pins ${module} ${found.Version}, and ${version} is wanted: make them equal`);
    }
    return found.Dir;
}

/** Copies complete or not at all; the module cache's read-only modes are not kept. */
function copyReadable({ wanted, finish }: ModuleFiles, source: string, target: string): void {
    const temporary = `${target}.${process.pid}.tmp`;
    for (const leaf of wanted.flatMap((file) => leaves(source, file))) {
        const copy = path.join(temporary, leaf);
        fs.mkdirSync(path.dirname(copy), { recursive: true });
        fs.writeFileSync(copy, fs.readFileSync(path.join(source, leaf)), { mode: leaf.endsWith(".sh") ? 0o755 : 0o644 });
    }
    finish?.(temporary);
    fs.renameSync(temporary, target);
}

function leaves(root: string, file: string): string[] {
    if (!fs.statSync(path.join(root, file)).isDirectory()) {
        return [file];
    }
    return fs.readdirSync(path.join(root, file)).flatMap((entry) => leaves(root, path.join(file, entry)));
}
