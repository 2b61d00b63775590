import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { askBackend } from "../support/pulumi";

/** A backend in a folder on this machine, whose locks and states can be read. */
export interface FolderBackend {
    readonly folder: string;
    /** The project's name. */
    readonly project: string;
}

/** The current backend of `pulumi`, if it is a folder; undefined for an object store or Pulumi Cloud. */
export async function folderBackend(): Promise<FolderBackend | undefined> {
    const { url } = await askBackend();
    if (!url.startsWith("file://")) {
        return undefined;
    }
    const [written = ""] = url.slice("file://".length).split("?");
    const folder = path.resolve(written.replace(/^~(?=\/|$)/, os.homedir()));
    const project = path.join(process.env.PULUMI_OPTION_CWD ?? process.cwd(), "Pulumi.yaml");
    const { name } = parse(fs.readFileSync(project, "utf8")) as { name: string };
    return { folder, project: name };
}

/**
 * Refuses a state file that is damaged, for example by a full disk, before another step fails because of it.
 *
 * @throws Error with the command that restores Pulumi's backup of the state
 */
export function refuseBrokenState({ folder, project }: FolderBackend, stack: string): void {
    const file = path.join(folder, ".pulumi", "stacks", project, `${stack}.json`);
    const copy = `${file}.bak`;
    if (!fs.existsSync(file) || isWhole(file)) {
        return;
    }
    throw new Error(
        `the state of ${stack} cannot be read: ${file}. ` +
            (fs.existsSync(copy) && isWhole(copy)
                ? `Pulumi's backup is intact: restore it (cp ${copy} ${file}), and recover again`
                : `Pulumi's backup cannot be read either. Restore your own backup, or one from ${folder}/.pulumi/history`),
    );
}

function isWhole(file: string): boolean {
    try {
        return "checkpoint" in (JSON.parse(fs.readFileSync(file, "utf8")) as object);
    } catch {
        return false;
    }
}
