import type { AlertSettings } from "../../settings/alerts";
import type { ApplicationSettings } from "../../settings/applications";

/**
 * URL of the folder with the alerts' pages, without a slash at the end: the setting, or docs/runbooks in the first
 * repository of a chart in Git, in the form of GitHub, GitLab and Gitea.
 */
export function runbookFolder(
    { runbooks }: Pick<AlertSettings, "runbooks">,
    applications: readonly Pick<ApplicationSettings, "source">[],
): string {
    const [inGit] = applications.flatMap(({ source }) => ("repository" in source ? [source] : []));
    const ofChart = inGit && `${webAddress(inGit.repository)}/blob/${inGit.revision}/docs/runbooks`;
    return (runbooks ?? ofChart ?? "docs/runbooks").replace(/\/$/, "");
}

/** The web page of a repository, by its Git URL. */
function webAddress(repository: string): string {
    return repository
        .replace(/^(ssh:\/\/)?[\w.+-]+@([^:/]+)(:\d+(?=\/))?[:/]/, "https://$2/")
        .replace(/\/$/, "")
        .replace(/\.git$/, "");
}
