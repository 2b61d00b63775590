import { refreshAnnotation } from "../../clusters/names";
import { annotateApplications, applicationsOf } from "../../clusters/applications";
import { type Look, waitFor } from "../../clusters/wait";
import { type Comparison, comparisonOf, reach } from "./comparisons";
import type { EnvironmentStack } from "./stacks";

/** Limit for a new comparison by Argo CD, in milliseconds: after a rotation it reads the whole cluster first. */
const limitMs = 180_000;

type Hub = Pick<EnvironmentStack, "hub" | "namespace">;
type Cluster = { readonly cluster: string; readonly server: string };

/**
 * Waits until Argo CD has read a cluster with what the cluster Secret holds now: one Application of the cluster is
 * compared anew, from now, and none shows that the cluster was not read. Whether manifests could be made is another
 * matter. A cluster to which nothing is delivered has nothing to show.
 *
 * @throws Error at the limit, with what Argo CD said of each Application
 */
export async function waitUntilArgoCdWorks(hub: Hub, cluster: Cluster): Promise<void> {
    await whileCompared(hub, cluster, limitMs, (comparisons) => {
        const found = reach(comparisons);
        return found === "read" || found === "nothing to compare" ? { done: undefined } : { seen: describe(comparisons) };
    });
}

/**
 * Has Argo CD compare one Application of a cluster anew, and tells what came of it.
 *
 * @param timeoutMs after which it is `silent`, or what it was last
 */
export async function compareAnew(hub: Hub, cluster: Cluster, name: string, timeoutMs: number): Promise<Comparison> {
    let last: Comparison = { what: "silent", name };
    await whileCompared(hub, cluster, timeoutMs, (comparisons) => {
        last = comparisons.find((comparison) => comparison.name === name) ?? last;
        return last.what === "compared" || last.what === "without manifests" ? { done: undefined } : { seen: last.what };
    }).catch(() => undefined);
    return last;
}

/** Asks for comparisons of all Applications of a cluster, and looks at them until that is done. */
async function whileCompared(
    { hub, namespace }: Hub,
    cluster: Cluster,
    timeoutMs: number,
    look: (comparisons: readonly Comparison[]) => Look<undefined>,
): Promise<void> {
    // Times of Argo CD have whole seconds.
    const begin = Math.ceil(Date.now() / 1000) * 1000;
    await new Promise((resolve) => setTimeout(resolve, begin - Date.now()));
    // A hard refresh would render all manifests anew, for which Argo CD needs Git.
    const refresh = { [refreshAnnotation]: "normal" };
    await annotateApplications(hub, namespace, await applicationsOf(hub, namespace, cluster), refresh);
    await waitFor(
        `Argo CD to work on ${cluster.cluster}`,
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
