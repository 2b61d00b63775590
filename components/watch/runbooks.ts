import type { AlertSettings } from "../../settings/alerts";
import type { AgentSettings } from "../../settings/agent";

/**
 * Folder of the alerts' pages, as a URL without a slash at its end: the setting, or docs/runbooks in the repository of
 * the agent's chart, as GitHub, GitLab and Gitea show it.
 */
export function runbookFolder(
    { runbooks }: Pick<AlertSettings, "runbooks">,
    { repository, revision }: Pick<AgentSettings, "repository" | "revision">,
): string {
    return (runbooks ?? `${webAddress(repository)}/blob/${revision}/docs/runbooks`).replace(/\/$/, "");
}

/** A repository's page, by the URL that Git reads it from. */
function webAddress(repository: string): string {
    return repository
        .replace(/^(ssh:\/\/)?git@([^:/]+)(:\d+(?=\/))?[:/]/, "https://$2/")
        .replace(/\/$/, "")
        .replace(/\.git$/, "");
}
