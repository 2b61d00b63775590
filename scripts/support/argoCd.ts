import { refreshAnnotation } from "../../clusters/names";
import { type Application, applicationsOf, applicationsPath, complaintsOf } from "../../clusters/applications";
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
    for (const { metadata } of await applicationsOf(hub, namespace, cluster)) {
        const path = `${applicationsPath(namespace)}/${metadata.name}`;
        await change(hub, path, { method: "PATCH", body: { metadata: { annotations } } });
    }
    await waitFor(
        `Argo CD to work on ${cluster.cluster}`,
        async () => {
            const applications = await applicationsOf(hub, namespace, cluster);
            const waiting = applications.filter((application) => !isCompared(application, begin));
            return waiting.length === 0 ? { done: undefined } : { seen: waiting.map(describe).join("; ") };
        },
        { timeoutMs },
    );
}

function isCompared(application: Application, since: number): boolean {
    const { reconciledAt, sync } = application.status ?? {};
    const comparedAt = reconciledAt === undefined ? 0 : Date.parse(reconciledAt);
    return comparedAt >= since && sync?.status !== "Unknown" && !/Error: /.test(complaintsOf(application));
}

function describe(application: Application): string {
    const { reconciledAt, sync } = application.status ?? {};
    return `${application.metadata.name} ${sync?.status} ${reconciledAt} ${complaintsOf(application)}`;
}
