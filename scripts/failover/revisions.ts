import type { Application } from "../../clusters/applications";

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
