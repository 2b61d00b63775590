import { refreshAnnotation } from "../../clusters/names";
import { annotateApplications, applicationsOf } from "../../clusters/applications";
import type { Registration } from "../../clusters/registrations";
import { type Look, waitFor } from "../../clusters/wait";
import { type Comparison, comparisonOf, reach } from "../../clusters/comparisons";
import type { EnvironmentStack } from "./stacks";

/** Limit for a new comparison by Argo CD, in milliseconds: after a rotation, it first reads the whole cluster. */
const limitMs = 180_000;

type Hub = Pick<EnvironmentStack, "hub" | "namespace">;
type Cluster = Pick<Registration, "argoCdName" | "cluster" | "server">;

/**
 * Waits until Argo CD has read a cluster with the current contents of the cluster Secret: at least one Application of
 * the cluster has a new comparison, and no comparison failed to read the cluster. A failure to render manifests does
 * not matter here. A cluster without Applications has no comparison to wait for.
 *
 * @throws Error at the limit, with Argo CD's message for each Application
 */
export async function waitUntilArgoCdWorks(hub: Hub, cluster: Cluster): Promise<void> {
    await whileCompared(hub, cluster, limitMs, (comparisons) => {
        const found = reach(comparisons);
        return found === "read" || found === "nothing to compare" ? { done: undefined } : { seen: describe(comparisons) };
    });
}

/**
 * Makes Argo CD compare one Application of a cluster again, and returns the result.
 *
 * @param timeoutMs limit, after which the result is the last one, or `silent`
 */
export async function compareAnew(hub: Hub, cluster: Cluster, name: string, timeoutMs: number): Promise<Comparison> {
    let last: Comparison = { what: "silent", name };
    await whileCompared(hub, cluster, timeoutMs, (comparisons) => {
        last = comparisons.find((comparison) => comparison.name === name) ?? last;
        return reach([last]) === "read" ? { done: undefined } : { seen: last.what };
    }).catch(() => undefined);
    return last;
}

/** Requests a comparison of all Applications of a cluster, and reads the results until `look` is done. */
async function whileCompared(
    { hub, namespace }: Hub,
    cluster: Cluster,
    timeoutMs: number,
    look: (comparisons: readonly Comparison[]) => Look<undefined>,
): Promise<void> {
    // Argo CD's times have whole seconds.
    const begin = Math.ceil(Date.now() / 1000) * 1000;
    await new Promise((resolve) => setTimeout(resolve, begin - Date.now()));
    // A hard refresh would render all manifests again, and Argo CD needs Git for that.
    const refresh = { [refreshAnnotation]: "normal" };
    await annotateApplications(hub, namespace, await applicationsOf(hub, namespace, cluster), refresh);
    await waitFor(
        `Argo CD to read ${cluster.cluster}`,
        async () => {
            const applications = await applicationsOf(hub, namespace, cluster);
            return look(applications.map((application) => comparisonOf(application, begin)));
        },
        { timeoutMs },
    );
}

function describe(comparisons: readonly Comparison[]): string {
    return comparisons.map(({ name, what, why }) => `${name}: ${what}${why === undefined ? "" : `, ${why}`}`).join("; ");
}
