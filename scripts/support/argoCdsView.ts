import { annotateApplications, type Application, applicationsOf } from "../../clusters/applications";
import { refreshAnnotation } from "../../clusters/names";
import { change } from "../../clusters/request";
import { waitFor } from "../../clusters/wait";
import type { EnvironmentStack } from "./stacks";
import type { Registered } from "./registered";

/**
 * What Argo CD says of its connection to a cluster: it has read it just now, cannot reach it, or was refused by
 * whoever answers there; or it could not be asked. `why` is for people.
 */
export interface ArgoCdsView {
    readonly says: "reached" | "refused" | "lost" | "unknown";
    readonly why: string;
}

/** Limit for Argo CD to read a cluster anew: its connections give up after 30 s each; in milliseconds. */
const limitMs = 180_000;

/** Time for Argo CD to notice that what it has read before is void, in milliseconds. */
const noticeMs = 5_000;

/** How Argo CD says that it cannot read a cluster (argo-cd, controller/state.go, `CompareAppState`). */
const unread = "Failed to load live state: ";

/** How Go says that no connection comes about, or no answer. */
const networkFailure =
    /connection refused|no route to host|no such host|i\/o timeout|deadline exceeded|handshake timeout|Client\.Timeout/;

/**
 * Asks Argo CD whether it can reach a cluster: what it has read is declared void, and its Applications are compared
 * anew. Without that it goes on with what it remembers, and finds a dead cluster healthy.
 */
export async function argoCdsView(
    { hub, namespace }: Pick<EnvironmentStack, "hub" | "namespace">,
    { secret, ...cluster }: Registered,
): Promise<ArgoCdsView> {
    const applications = () => applicationsOf(hub, namespace, cluster);
    if (secret === undefined || (await applications()).length === 0) {
        return { says: "unknown", why: "Argo CD has no Application there, and so no connection" };
    }
    const annotations = { [refreshAnnotation]: new Date().toISOString().replace(/\.\d+Z$/, "Z") };
    const secretPath = `api/v1/namespaces/${namespace}/secrets/${secret}`;
    await change(hub, secretPath, { method: "PATCH", body: { metadata: { annotations } } });
    const since = Date.now() + noticeMs;
    try {
        return await waitFor<ArgoCdsView>("Argo CD to read the cluster anew", async () => {
            const found = await applications();
            const views = found.map((application) => viewOf(application, since));
            const [view] = views.flatMap((one) => one ?? []).sort((one) => (one.says === "reached" ? -1 : 1));
            if (view !== undefined) {
                return { done: view };
            }
            await annotateApplications(hub, namespace, found, { [refreshAnnotation]: "hard" });
            return { seen: "no comparison since" };
        }, { timeoutMs: limitMs, intervalMs: 2_000 });
    } catch (error) {
        return { says: "unknown", why: (error as Error).message };
    }
}

/** What one comparison says of the cluster; nothing for one that is older, or did not come to read it. */
export function viewOf({ metadata, status }: Application, since: number): ArgoCdsView | undefined {
    const { reconciledAt, conditions = [] } = status ?? {};
    const isCompared = reconciledAt !== undefined && Date.parse(reconciledAt) >= since;
    if (!isCompared || conditions.some(({ type }) => type === "InvalidSpecError")) {
        return undefined;
    }
    const failure = conditions.map(({ message }) => message).find((message) => message.startsWith(unread));
    if (failure === undefined) {
        return { says: "reached", why: `Argo CD has compared ${metadata.name} with it just now` };
    }
    const why = `Argo CD: ${failure.slice(unread.length)}`;
    return { says: networkFailure.test(failure) ? "lost" : "refused", why };
}
