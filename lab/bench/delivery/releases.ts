import { agentRepositoryUrl, announcePush, changeAgentFile } from "../../argocd";
import { waitForRevision } from "../../waiting";
import { seconds } from "../medians";

/**
 * Pushes a change of the agent's configuration, which restarts its pods.
 *
 * @param file values file of the environment
 * @param announced whether the webhook announces it to Argo CD; otherwise Argo CD polls
 * @returns seconds from the push until all Applications are Synced and Healthy at it
 */
export async function release(
    repository: string,
    names: readonly string[],
    announced: boolean,
    file = "helm/values-staging.yaml",
): Promise<number> {
    return seconds(async () => {
        const revision = await changeAgentFile(
            file,
            (text) => text.replace(/LOG_LEVEL: \w+/, (now) => `LOG_LEVEL: ${now.endsWith("debug") ? "info" : "debug"}`),
            repository,
        );
        if (announced) {
            await announcePush(agentRepositoryUrl(repository), revision);
        }
        await waitForRevision(names, revision.commit);
    });
}
