import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { labDir, projectRoot } from "../paths";

/** Folder of the bare repositories that the lab's Git server serves. */
export const gitRoot = path.join(labDir, "git");

/** The agent's repository, as a path that can be cloned from and pushed to. */
export const agentRepository = path.join(gitRoot, "agent.git");

const branch = "refs/heads/main";

/** The result of a change to the branch main. */
export interface Revision {
    /** Commit id. */
    readonly commit: string;
    /** The parent commit; undefined for the first one. */
    readonly parent?: string;
    /** Paths that differ from the parent; empty when nothing was committed. */
    readonly changed: readonly string[];
}

/** An OpenPGP key that signs commits. */
export interface CommitKey {
    readonly id: string;
    /** Home folder of the gpg that has the private key. */
    readonly home: string;
}

/**
 * Publishes the checkout's present `helm` folder on the branch main of the agent's repository, committed or
 * not, without what Git ignores. Commits only if something differs; it overwrites later commits in that repository.
 */
export async function publishAgentRepository(): Promise<Revision> {
    if (!fs.existsSync(path.join(projectRoot, "helm", "Chart.yaml"))) {
        throw new Error(`cannot publish the agent's chart: ${path.join(projectRoot, "helm")} holds no Chart.yaml`);
    }
    if (!fs.existsSync(path.join(agentRepository, "HEAD"))) {
        fs.mkdirSync(gitRoot, { recursive: true });
        await git(["init", "--quiet", "--bare", "--initial-branch=main", "--template=", agentRepository], {});
    }
    return commit(agentRepository, "Publish the checkout's chart", async (index) => {
        await git(["add", "--all", "--", "helm"], { ...index, GIT_WORK_TREE: projectRoot });
    });
}

/**
 * Commits a change of one file to the branch main of the agent's repository, as a person's push would.
 *
 * @param file path in the repository, such as `helm/values-prod.yaml`.
 * @param change gets the file's text and returns the new one.
 * @param repository another repository, such as one of {@link copyAgentRepository}.
 * @param key signs the commit.
 */
export async function changeAgentFile(
    file: string,
    change: (text: string) => string,
    repository = agentRepository,
    key?: CommitKey,
): Promise<Revision> {
    const before = await git(["cat-file", "blob", `${branch}:${file}`], { GIT_DIR: repository }, { keepNewline: true });
    return writeAgentFile(file, change(before), repository, key);
}

/** Commits one file, new or not, to the branch main of the agent's repository, as a person's push would. */
export async function writeAgentFile(
    file: string,
    text: string,
    repository = agentRepository,
    key?: CommitKey,
): Promise<Revision> {
    const blob = await git(["hash-object", "-w", "--stdin"], { GIT_DIR: repository }, { input: text });
    return commit(repository, `Change ${file}`, async (index) => {
        await git(["read-tree", branch], index);
        await git(["update-index", "--add", "--cacheinfo", `100644,${blob},${file}`], index);
    }, key);
}

/** Makes a copy of the agent's repository, which the lab's Git server also serves; returns its path. */
export async function copyAgentRepository(name: string): Promise<string> {
    const copy = path.join(gitRoot, `${name}.git`);
    fs.rmSync(copy, { recursive: true, force: true });
    await git(["clone", "--quiet", "--bare", "--template=", agentRepository, copy], {});
    return copy;
}

/** Commits what `fill` puts into an empty index, if it differs from the branch. */
async function commit(
    repository: string,
    message: string,
    fill: (index: Record<string, string>) => Promise<void>,
    key?: CommitKey,
): Promise<Revision> {
    const inRepository = { GIT_DIR: repository };
    const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "lab-git-"));
    try {
        const index = { ...inRepository, GIT_INDEX_FILE: path.join(scratch, "index") };
        await fill(index);
        const tree = await git(["write-tree"], index);
        const parent = (await git(["for-each-ref", "--format=%(objectname)", branch], inRepository)) || undefined;
        if (parent && (await git(["rev-parse", `${parent}^{tree}`], inRepository)) === tree) {
            return { commit: parent, parent, changed: [] };
        }
        const parents = parent ? ["-p", parent] : [];
        const signature = key === undefined ? [] : [`-S${key.id}`];
        const made = await git(["commit-tree", tree, ...parents, "-m", message, ...signature], {
            ...inRepository,
            ...(key && { GNUPGHOME: key.home }),
        });
        await git(["update-ref", branch, made, parent ?? ""], inRepository);
        const changed = await git(["diff-tree", "--root", "-r", "--name-only", "--no-commit-id", made], inRepository);
        return { commit: made, parent, changed: changed.split("\n") };
    } finally {
        fs.rmSync(scratch, { recursive: true });
    }
}

/**
 * Runs git without the user's configuration, hooks and signing key; returns its output. execa is
 * imported here because this CommonJS project cannot require it.
 */
async function git(
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    { input, keepNewline = false }: { input?: string; keepNewline?: boolean } = {},
): Promise<string> {
    const { execa } = await import("execa");
    const { stdout } = await execa("git", ["-c", "core.excludesFile=/dev/null", ...args], {
        extendEnv: false,
        env: { ...gitEnvironment(), ...env },
        input,
        stripFinalNewline: !keepNewline,
        timeout: 30_000,
    });
    return stdout;
}

/** Git's environment in the lab: one author, and no configuration of the user or the machine. */
export function gitEnvironment(): Record<string, string> {
    return {
        PATH: process.env.PATH ?? "/usr/bin:/bin",
        GIT_AUTHOR_NAME: "Lab",
        GIT_AUTHOR_EMAIL: "lab@localhost",
        GIT_COMMITTER_NAME: "Lab",
        GIT_COMMITTER_EMAIL: "lab@localhost",
        GIT_CONFIG_GLOBAL: "/dev/null",
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_TERMINAL_PROMPT: "0",
    };
}
