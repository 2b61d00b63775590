import type { ClusterAddress } from "../../clusters/kubeconfig";
import { ask } from "../../clusters/request";
import { applicationsPath } from "../../clusters/applications";

/** What a failover reads of an Application. */
export interface Application {
    readonly metadata: { readonly name: string };
    readonly status?: {
        readonly sync?: { readonly status?: string; readonly revision?: string };
        readonly health?: { readonly status?: string };
        /** What was deployed, the oldest first (argo-cd, `RevisionHistory`). */
        readonly history?: readonly { readonly revision?: string }[];
    };
}

/** The agent's Application of a cluster; undefined where there is none. */
export async function applicationOf(
    hub: ClusterAddress,
    namespace: string,
    cluster: string,
): Promise<Application | undefined> {
    const { status, body } = await ask(hub, `${applicationsPath(namespace)}/agent-${cluster}`);
    if (status !== 200 && status !== 404) {
        throw new Error(`hubspoke:${hub.setting}: the hub answers ${status} when asked for the Application of ${cluster}`);
    }
    return status === 404 ? undefined : (JSON.parse(body) as Application);
}

/**
 * The revision that a cluster runs: what it is Synced to, or else what was deployed last. A cluster that is lost keeps
 * its Application on the hub, with what was seen last.
 */
export function revisionOf(application: Application | undefined): string | undefined {
    const { sync, history = [] } = application?.status ?? {};
    return sync?.status === "Synced" ? sync.revision : history.at(-1)?.revision;
}

/**
 * Whether one cluster is behind another: it runs another revision, and has not passed the other's on its way there.
 * Git is not asked, which may be away as well; the history of deployments is on the hub.
 */
export function isBehind(application: Application | undefined, revision: string): boolean {
    const own = revisionOf(application);
    if (own === revision) {
        return false;
    }
    const history = (application?.status?.history ?? []).map((entry) => entry.revision);
    const passed = history.lastIndexOf(revision);
    const wasThereBefore = history.slice(0, Math.max(passed, 0)).includes(own);
    return passed < 0 || wasThereBefore;
}
