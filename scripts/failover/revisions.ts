import { type Application, revisionOf as compared } from "../../clusters/applications";

/**
 * The revision that a cluster runs: the revision to which it is Synced, or the last deployed one. The Application of a
 * lost cluster remains on the hub, with the last known facts.
 */
export function revisionOf(application: Application | undefined): string | undefined {
    const { sync, history = [] } = application?.status ?? {};
    return sync?.status === "Synced" ? compared(sync) : compared(history.at(-1));
}

/**
 * Whether a cluster is behind another: it runs another revision, and never deployed the other's revision before. The
 * source is the deployment history on the hub, because Git may also be unavailable.
 */
export function isBehind(application: Application, revision: string): boolean {
    const own = revisionOf(application);
    if (own === revision) {
        return false;
    }
    const history = (application.status?.history ?? []).map(compared);
    const passed = history.lastIndexOf(revision);
    const wasThereBefore = history.slice(0, Math.max(passed, 0)).includes(own);
    return passed < 0 || wasThereBefore;
}
