import { InputError } from "../../settings/inputError";
import { say } from "../support/main";
import { run } from "../support/run";
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

/**
 * Compares the settings of a repository on GitHub with what the workflows need, and prints the result.
 *
 * @param given `owner/name`; by default this folder's repository
 * @returns the exit code: 1 if something is wrong, 2 if something could not be read, otherwise 0
 */
export async function examineRepository(given: string | undefined): Promise<number> {
    const repository = given ?? (await ownRepository());
    const findings = judgeRepository(await readRepository(api, repository));
    for (const { level, text } of findings) {
        say(`${{ wrong: "✗", unknown: "?", note: "–" }[level]} ${text}`);
    }
    const levels = new Set(findings.map(({ level }) => level));
    if (levels.has("wrong")) {
        return 1;
    }
    if (levels.has("unknown")) {
        return 2;
    }
    say(`${repository} is set up for the workflows that are turned on.`);
    return 0;
}
