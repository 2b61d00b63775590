import { InputError } from "../../settings/inputError";
import { run } from "../support/run";
import type { Finding } from "./finding";
import { type Api, readRepository } from "./github";
import { judgeRepository } from "./repository";

/** Limit of one request to GitHub, in milliseconds. */
const timeoutMs = 30_000;

/** Runs `gh` with its user's rights. */
async function gh(...args: string[]) {
    const result = await run("gh", args, { timeoutMs });
    if (result.notFound) {
        throw new InputError("`gh`, GitHub's command, is not on PATH. Install it, and log in with `gh auth login`");
    }
    return result;
}

/** GitHub answers 403 or 404 for what the user may not read: the result is then undefined. */
const api: Api = async (path) => {
    const { ok, stdout, output } = await gh("api", path);
    if (!ok && !/\(HTTP 40[34]\)/.test(output)) {
        throw new Error(`gh api ${path} failed: ${output.trim()}`);
    }
    return ok ? (JSON.parse(stdout) as unknown) : undefined;
};

/** The repository of this folder, from `gh`. */
async function ownRepository(): Promise<string> {
    const { ok, stdout, output } = await gh("repo", "view", "--json", "nameWithOwner", "--jq", ".nameWithOwner");
    if (!ok) {
        throw new InputError(
            `This folder's repository is unknown: ${output.trim()}. Write it: npm run doctor -- --repository OWNER/NAME`,
        );
    }
    return stdout.trim();
}

/** A repository on GitHub, and what its settings lack of what the workflows need. */
export interface Examined {
    /** `owner/name` */
    readonly repository: string;
    readonly findings: readonly Finding[];
}

/**
 * Compares the settings of a repository on GitHub with what the workflows need.
 *
 * @param given `owner/name`; by default this folder's repository
 * @throws InputError if `gh` is missing or the repository unknown; Error if GitHub does not answer
 */
export async function examineRepository(given: string | undefined): Promise<Examined> {
    const repository = given ?? (await ownRepository());
    return { repository, findings: judgeRepository(await readRepository(api, repository)) };
}
