import { annotateApplications, type Application, applicationsOf } from "../../clusters/applications";
import { refreshAnnotation } from "../../clusters/names";
import { change } from "../../clusters/request";
import { secretPath } from "../../clusters/secretPath";
import { waitFor } from "../../clusters/wait";
import { comparisonOf } from "../../clusters/comparisons";
import type { EnvironmentStack } from "./stacks";
import type { Registered } from "./registered";

/**
 * The state of Argo CD's connection to a cluster: Argo CD has read it just now, was refused by the server there, or
 * cannot reach it; `unknown` if Argo CD could not check. `why` is a message for people.
 */
export interface ArgoCdsView {
    readonly says: "reached" | "refused" | "lost" | "unknown";
    readonly why: string;
}

/** Limit for Argo CD to read a cluster again, in milliseconds: each of its connections times out after 30 s. */
const limitMs = 180_000;

/** Time for Argo CD to invalidate its cache of the cluster, in milliseconds. */
const noticeMs = 5_000;

/** Go's errors for a failed connection, or for a missing answer. */
const networkFailure =
    /connection refused|no route to host|no such host|i\/o timeout|deadline exceeded|handshake timeout|Client\.Timeout/;

/**
 * Asks Argo CD whether it can reach a cluster: invalidates its cache of the cluster, and requests a comparison of the
 * Applications. Without that, Argo CD uses its cache, and reports a dead cluster as healthy.
 */
export async function argoCdsView(
    { hub, namespace }: Pick<EnvironmentStack, "hub" | "namespace">,
    { secret, ...cluster }: Registered,
): Promise<ArgoCdsView> {
    const applications = () => applicationsOf(hub, namespace, cluster);
    if (secret === undefined || (await applications()).length === 0) {
        return { says: "unknown", why: "Argo CD has no Application there, and therefore no connection" };
    }
    const annotations = { [refreshAnnotation]: new Date().toISOString().replace(/\.\d+Z$/, "Z") };
    await change(hub, secretPath(namespace, secret), { method: "PATCH", body: { metadata: { annotations } } });
    const since = Date.now() + noticeMs;
    try {
        return await waitFor<ArgoCdsView>("Argo CD to read the cluster again", async () => {
            const found = await applications();
            const views = found.map((application) => viewOf(application, since));
            const [view] = views.flatMap((one) => one ?? []).sort((one) => (one.says === "reached" ? -1 : 1));
            if (view !== undefined) {
                return { done: view };
            }
            await annotateApplications(hub, namespace, found, { [refreshAnnotation]: "hard" });
            return { seen: "no new comparison" };
        }, { timeoutMs: limitMs, intervalMs: 2_000 });
    } catch (error) {
        return { says: "unknown", why: (error as Error).message };
    }
}

/** The result of one comparison for the cluster; undefined if it is older, or did not try to read the cluster. */
export function viewOf(application: Application, since: number): ArgoCdsView | undefined {
    const { name, what, why = "" } = comparisonOf(application, since);
    switch (what) {
        case "compared":
        case "without manifests":
            return { says: "reached", why: `Argo CD has compared ${name} with it just now` };
        case "cluster not read":
            return { says: networkFailure.test(why) ? "lost" : "refused", why: `Argo CD: ${why}` };
        case "cluster not known":
        case "never":
        case "silent":
            return undefined;
    }
}
