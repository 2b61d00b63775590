import { InputError } from "../../settings/inputError";
import { main, say } from "../support/main";
import { run } from "../support/run";
import { type Api, readRepository } from "./github";
import { judgeRepository } from "./repository";

const usage = "usage: npm run doctor -- --repository [OWNER/NAME]";

/** Limit of one question to GitHub, in milliseconds. */
const timeoutMs = 30_000;

/** What the command ends with, besides 0 for a repository in which all is well. */
const exitCodes = { wrong: 1, unknown: 2 } as const;

/** Runs `gh` with what its user may do. */
async function gh(...args: string[]) {
    const result = await run("gh", args, { timeoutMs });
    if (result.notFound) {
        throw new InputError("`gh`, GitHub's command, is not on PATH. Install it, and log in by `gh auth login`");
    }
    return result;
}

/** Nothing is the answer to what the user may not see: GitHub says 403 or 404. */
const api: Api = async (path) => {
    const { ok, stdout, output } = await gh("api", path);
    if (!ok && !/\(HTTP 40[34]\)/.test(output)) {
        throw new Error(`gh api ${path} failed: ${output.trim()}`);
    }
    return ok ? (JSON.parse(stdout) as unknown) : undefined;
};

/** The repository of this folder, as `gh` knows it. */
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
