import { InputError } from "../../settings/inputError";
import { main, say } from "../support/main";
import { run } from "../support/run";
import { type Api, readRepository } from "./github";
import { judgeRepository } from "./repository";

const usage = "usage: npm run doctor -- --repository [OWNER/NAME]";

/** Limit of one request to GitHub, in milliseconds. */
const timeoutMs = 30_000;

/** Exit codes for problems; it is 0 if the repository has none. */
const exitCodes = { wrong: 1, unknown: 2 } as const;

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
        throw new InputError(`This folder's repository is unknown: ${output.trim()}. Write it: ${usage}`);
    }
    return stdout.trim();
}

main(async ([option, given, ...more]) => {
    if (option !== "--repository" || more.length > 0 || (given !== undefined && !/^[\w.-]+\/[\w.-]+$/.test(given))) {
        throw new InputError(usage);
    }
    const repository = given ?? (await ownRepository());
    const findings = judgeRepository(await readRepository(api, repository));
    for (const { level, text } of findings) {
        say(`${{ wrong: "✗", unknown: "?", note: "–" }[level]} ${text}`);
    }
    const worst = (["wrong", "unknown"] as const).find((level) => findings.some((finding) => finding.level === level));
    if (worst === undefined) {
        say(`${repository} is set up for the workflows that are turned on.`);
    } else {
        process.exitCode = exitCodes[worst];
    }
});
