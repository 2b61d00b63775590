import { type Application, complaintsOf } from "../../clusters/applications";

/** What Argo CD's latest comparison of an Application shows of its cluster, and of Git. */
export interface Comparison {
    /** The Application. */
    readonly name: string;
    /**
     * `compared`: the cluster was read, and the manifests were made. `without manifests`: the cluster was read, and Git
     * or the chart gave nothing to compare it with. `cluster not read`: Argo CD could not read the cluster. `never`:
     * Argo CD does not compare it, since its spec is wrong. `silent`: no comparison has ended since.
     */
    readonly what: "compared" | "without manifests" | "cluster not read" | "never" | "silent";
    /** Argo CD's complaint, where there is one. */
    readonly why?: string;
}

/**
 * How a failed comparison begins its message, by what could not be had (argo-cd 3.6.1, controller/state.go,
 * `CompareAppState`); both can stand side by side.
 */
const noCluster = /Failed to load live state: |there are no clusters with this name|Failed to check if live resource /;
const noManifests = /Failed to load target state: /;

/** An Application with such a condition is not compared at all (argo-cd 3.6.1, controller/appcontroller.go). */
const wrongSpec = "InvalidSpecError";

/**
 * Reads an Application's latest comparison.
 *
 * @param since in milliseconds; what was compared before shows nothing
 */
export function comparisonOf(application: Application, since: number): Comparison {
    const { metadata, status } = application;
    const { name } = metadata;
    const why = complaintsOf(application);
    const fresh = Date.parse(status?.reconciledAt ?? "") >= since;
    if (status?.conditions?.some(({ type }) => type === wrongSpec)) {
        return { name, what: noCluster.test(why) ? "cluster not read" : "never", why };
    }
    if (!fresh) {
        return { name, what: "silent", ...(why !== "" && { why }) };
    }
    if (noCluster.test(why)) {
        return { name, what: "cluster not read", why };
    }
    return lacksManifests(application) ? { name, what: "without manifests", why } : { name, what: "compared" };
}

/** Whether Argo CD could not make the manifests when it compared last: what Git holds for it is unknown then. */
export function lacksManifests(application: Application): boolean {
    return noManifests.test(complaintsOf(application));
}

/** What the comparisons of a cluster's Applications show of it together. */
export function reach(comparisons: readonly Comparison[]): "read" | "not read" | "nothing yet" | "nothing to compare" {
    const seen = new Set(comparisons.map(({ what }) => what));
    if (seen.has("cluster not read")) {
        return "not read";
    }
    if (seen.has("compared") || seen.has("without manifests")) {
        return "read";
    }
    return seen.has("silent") ? "nothing yet" : "nothing to compare";
}
