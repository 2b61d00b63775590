import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../paths";
import { run } from "../processes";
import { saysVersion, type Tool } from "./catalogue";

const versionLimitMs = 10_000;

/** Links that an earlier run of a lab made are no tools of the user's own. */
const labsDir = path.join(projectRoot, ".lab") + path.sep;

/** The first executable of that name on PATH, outside the labs' own folders. */
export function whichOnPath(name: string): string | undefined {
    return (process.env.PATH ?? "")
        .split(path.delimiter)
        .filter((dir) => path.isAbsolute(dir) && !`${dir}${path.sep}`.startsWith(labsDir))
        .map((dir) => path.join(dir, name))
        .find(isExecutable);
}

/** The tool on PATH if it is there in the catalogue's version. */
export async function findOnPath(tool: Tool): Promise<string | undefined> {
    const found = tool.versionArgs && whichOnPath(tool.name);
    const file = found && (await behindShim(found, tool.name));
    if (!file || !tool.versionArgs) {
        return undefined;
    }
    // Without this the Pulumi CLI asks the network for a newer version of itself.
    const env = { PULUMI_SKIP_UPDATE_CHECK: "true" };
    const { ok, stdout } = await run(file, tool.versionArgs, { timeoutMs: versionLimitMs, env });
    return ok && saysVersion(stdout, tool.version) ? file : undefined;
}

/**
 * mise puts one program under many names on PATH when it works through shims: it tells tools apart
 * by the name it is called by, so the lab, which links tools under other names, asks for the real file.
 */
async function behindShim(file: string, name: string): Promise<string | undefined> {
    if (path.basename(fs.realpathSync(file)) !== "mise") {
        return file;
    }
    const { ok, stdout } = await run("mise", ["which", name], { timeoutMs: versionLimitMs });
    return ok ? stdout.trim() : undefined;
}

function isExecutable(file: string): boolean {
    try {
        fs.accessSync(file, fs.constants.X_OK);
        return fs.statSync(file).isFile();
    } catch {
        return false;
    }
}
