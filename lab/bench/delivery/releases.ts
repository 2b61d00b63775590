import { z } from "zod";
import { agentRepositoryUrl, announcePush, changeAgentFile } from "../../argocd";
import { readApplicationObjects } from "../../argocd/hub";
import { waitFor } from "../../processes";
import { seconds } from "../medians";

/** Limit for a release to reach all clusters, in milliseconds: polling, its jitter and a cache of revisions add up. */
const timeoutMs = 15 * 60_000;

const application = z.object({
    metadata: z.object({ name: z.string() }),
    status: z
        .object({
            sync: z.object({ status: z.string(), revision: z.string().optional() }).optional(),
            health: z.object({ status: z.string().optional() }).optional(),
        })
        .optional(),
});

/**
 * Pushes a change of the agent's configuration, which restarts its pods.
 *
 * @param announced whether the webhook announces it to Argo CD; otherwise Argo CD polls
 * @returns seconds from the push until all Applications are Synced and Healthy at it
 */
export async function release(repository: string, names: readonly string[], announced: boolean): Promise<number> {
    return seconds(async () => {
        const revision = await changeAgentFile(
            "helm/values-staging.yaml",
            (text) => text.replace(/LOG_LEVEL: \w+/, (now) => `LOG_LEVEL: ${now.endsWith("debug") ? "info" : "debug"}`),
            repository,
        );
        if (announced) {
            await announcePush(agentRepositoryUrl(repository), revision);
        }
        await waitForRevision(names, revision.commit);
    });
}

/** Waits until all of these Applications are Synced and Healthy, at that commit where one is given. */
export async function waitForRevision(names: readonly string[], commit?: string): Promise<void> {
    await waitFor(
        `${names.length} Applications to be Synced and Healthy`,
        async () => {
            const all = z.array(application).parse(await readApplicationObjects());
            const there = all.filter(
                ({ metadata, status }) =>
                    names.includes(metadata.name) &&
                    status?.sync?.status === "Synced" &&
                    status.health?.status === "Healthy" &&
                    (commit === undefined || status.sync.revision === commit),
            );
            return there.length === names.length ? { done: undefined } : { seen: `${there.length} are` };
        },
        { timeoutMs, intervalMs: 200 },
    );
}
