import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { askBackend } from "../support/pulumi";

/** A backend in a folder of this machine, whose locks and states can be looked at. */
export interface FolderBackend {
    readonly folder: string;
    /** The project's name. */
    readonly project: string;
}

/** The backend that `pulumi` works with, where it is a folder; nothing for an object store or Pulumi Cloud. */
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
 * Refuses a state that is no state any more, as after a full disk, before anything else fails of it.
 *
 * @throws Error with the command that puts back the copy which Pulumi keeps
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
                ? `The one before it can: put it back (cp ${copy} ${file}), and recover again`
                : `Nor can the one before it. Put back your own copy, or one of ${folder}/.pulumi/history`),
    );
}

function isWhole(file: string): boolean {
    try {
        return "checkpoint" in (JSON.parse(fs.readFileSync(file, "utf8")) as object);
    } catch {
        return false;
    }
}
