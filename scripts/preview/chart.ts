import * as fs from "node:fs";
import * as path from "node:path";
import { plainUrl } from "../../settings/repositoryUrl";
import { run } from "../support/run";

/** Where the agent's chart is: a checkout of its repository, and the target branch of the change. */
export interface Checkout {
    readonly folder: string;
    /** A Git revision, with which the preview compares the change. */
    readonly base: string;
    /** URLs of the repository of which the folder is a checkout; undefined: what its origin says. */
    readonly of?: readonly string[] | undefined;
}

/** A folder on disk, at a revision of a repository. */
export type Chart = { readonly folder: string } | { readonly missing: string };

/** The name of a branch, without its remote. */
export function branchOf(base: string): string {
    return base.replace(/^(refs\/remotes\/|refs\/heads\/)?(origin\/)?/, "");
}

/** Whether two URLs, in any notation, are of the same Git repository. */
export function sameRepository(left: string, right: string): boolean {
    const bare = (url: string) =>
        plainUrl(url)
            .replace(/^[a-z+]+:\/\//, "")
            .replace(/^[^@/]+@/, "")
            .replace(/^([^/:]+):(?!\d+\/)/, "$1/");
    return bare(left) === bare(right);
}

/** The URL of a checkout's `origin`; undefined if it has none. */
export async function originOf(folder: string): Promise<string | undefined> {
    return (await git(folder, ["remote", "get-url", "origin"]))?.trim();
}

/**
 * Finds the folder of a chart, or of values files, at an Application's revision: for the target branch, the base before
 * the change and the checkout's files after it; for a tag or commit, that tag or commit.
 *
 * @param scratch folder for the files from Git; each revision is extracted once
 */
export async function folderAt(
    { folder, base }: Checkout,
    scratch: string,
    at: string,
    revision: string,
    time: "before" | "after",
): Promise<Chart> {
    const follows = revision === branchOf(base) || revision === "HEAD";
    if (follows && time === "after") {
        return there(path.join(folder, at), `the checkout has no ${at}`);
    }
    const wanted = follows ? base : revision;
    const commit = (await git(folder, ["rev-parse", "--verify", "--quiet", `${wanted}^{commit}`]))?.trim();
    if (commit === undefined) {
        return { missing: `the checkout has no revision ${wanted}` };
    }
    const target = path.join(scratch, `${commit}-${encodeURIComponent(at)}`);
    if (!fs.existsSync(target)) {
        await takeOut(folder, commit, at, target);
    }
    return there(path.join(target, at), `revision ${wanted} has no ${at}`);
}

/** Extracts a folder of a commit in one atomic step: other calls may look for it at the same time. */
async function takeOut(folder: string, commit: string, chartPath: string, target: string): Promise<void> {
    const own = fs.mkdtempSync(`${target}-`);
    const archive = path.join(own, ".tar");
    if ((await git(folder, ["archive", "--output", archive, commit, "--", chartPath])) !== undefined) {
        await run("tar", ["-xf", archive, "-C", own]);
    }
    if (!fs.existsSync(target)) {
        fs.renameSync(own, target);
    }
}

function there(folder: string, missing: string): Chart {
    return fs.existsSync(folder) ? { folder } : { missing };
}

async function git(folder: string, args: readonly string[]): Promise<string | undefined> {
    const { ok, stdout } = await run("git", ["-C", folder, ...args]);
    return ok ? stdout : undefined;
}
