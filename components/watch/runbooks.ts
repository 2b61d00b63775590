import type { AlertSettings } from "../../settings/alerts";
import type { AgentSettings } from "../../settings/agent";

/**
 * URL of the folder with the alerts' pages, without a slash at the end: the setting, or docs/runbooks in the repository
 * of the agent's chart, in the form of GitHub, GitLab and Gitea.
 */
export function runbookFolder(
    { runbooks }: Pick<AlertSettings, "runbooks">,
    { repository, revision }: Pick<AgentSettings, "repository" | "revision">,
): string {
    return (runbooks ?? `${webAddress(repository)}/blob/${revision}/docs/runbooks`).replace(/\/$/, "");
}

/** The web page of a repository, by its Git URL. */
function webAddress(repository: string): string {
    return repository
        .replace(/^(ssh:\/\/)?[\w.+-]+@([^:/]+)(:\d+(?=\/))?[:/]/, "https://$2/")
        .replace(/\/$/, "")
        .replace(/\.git$/, "");
}
