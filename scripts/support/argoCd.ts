import { refreshAnnotation } from "../../clusters/names";
import { applicationsOf, applicationsPath } from "../../clusters/applications";
import { waitFor } from "../../clusters/wait";
import { change } from "../../clusters/request";
import type { EnvironmentStack } from "./stacks";

/** Limit for a new comparison by Argo CD, in milliseconds: after a rotation it reads the whole cluster first. */
const limitMs = 180_000;

/**
 * Waits until Argo CD has compared every Application of a cluster anew, from now, without an error: it has then read
 * the cluster with what the cluster Secret holds now. A cluster to which nothing is delivered has nothing to show.
 */
export async function waitUntilArgoCdWorks(
    { hub, namespace }: Pick<EnvironmentStack, "hub" | "namespace">,
    cluster: { readonly cluster: string; readonly server: string },
    timeoutMs = limitMs,
): Promise<void> {
    // Times of Argo CD have whole seconds.
    const begin = Math.ceil(Date.now() / 1000) * 1000;
    await new Promise((resolve) => setTimeout(resolve, begin - Date.now()));
    const annotations = { [refreshAnnotation]: "hard" };
    for (const { name } of await applicationsOf(hub, namespace, cluster)) {
        await change(hub, `${applicationsPath(namespace)}/${name}`, { method: "PATCH", body: { metadata: { annotations } } });
    }
    await waitFor(
        `Argo CD to work on ${cluster.cluster}`,
        async () => {
            const applications = await applicationsOf(hub, namespace, cluster);
            const waiting = applications.filter(
                ({ reconciledAt, sync, message }) =>
                    Date.parse(reconciledAt ?? "") < begin || reconciledAt === undefined || sync === "Unknown" || /Error: /.test(message),
            );
            return waiting.length === 0
                ? { done: undefined }
                : { seen: waiting.map(({ name, reconciledAt, sync, message }) => `${name} ${sync} ${reconciledAt} ${message}`).join("; ") };
        },
        { timeoutMs },
    );
}
