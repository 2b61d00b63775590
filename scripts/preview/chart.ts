import * as fs from "node:fs";
import * as path from "node:path";
import { run } from "../support/run";

/** Where the agent's chart is: a checkout of its repository, and the branch that a change would be merged into. */
export interface Checkout {
    readonly folder: string;
    /** A revision that Git knows: what the change is compared with. */
    readonly base: string;
}

/** A chart on disk, at a revision of the agent's repository. */
export type Chart = { readonly folder: string } | { readonly missing: string };

/** The name of a branch without its remote. */
export function branchOf(base: string): string {
    return base.replace(/^(refs\/remotes\/|refs\/heads\/)?(origin\/)?/, "");
}

/**
 * Finds the chart that an Application's revision means: for the branch that is merged into, the base before the change
 * and the checkout's files after it; for a tag or commit, that.
 *
 * @param scratch folder for what is taken out of Git; a revision is taken once
 */
export async function chartAt(
    { folder, base }: Checkout,
    scratch: string,
    chartPath: string,
    revision: string,
    time: "before" | "after",
): Promise<Chart> {
    const follows = revision === branchOf(base) || revision === "HEAD";
    if (follows && time === "after") {
        return there(path.join(folder, chartPath), `the checkout has no ${chartPath}`);
    }
    const commit = await git(folder, ["rev-parse", "--verify", "--quiet", `${follows ? base : revision}^{commit}`]);
    if (commit === undefined) {
        return { missing: `the checkout has no revision ${follows ? base : revision}` };
    }
    const target = path.join(scratch, commit.trim());
    if (!fs.existsSync(target)) {
        fs.mkdirSync(target);
        const archive = `${target}.tar`;
        const taken = await git(folder, ["archive", "--output", archive, commit.trim(), "--", chartPath]);
        if (taken !== undefined) {
            await run("tar", ["-xf", archive, "-C", target]);
        }
    }
    return there(path.join(target, chartPath), `revision ${revision} has no ${chartPath}`);
}

function there(folder: string, missing: string): Chart {
    return fs.existsSync(path.join(folder, "Chart.yaml")) ? { folder } : { missing };
}

async function git(folder: string, args: readonly string[]): Promise<string | undefined> {
    const { ok, stdout } = await run("git", ["-C", folder, ...args]);
    return ok ? stdout : undefined;
}
