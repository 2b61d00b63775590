import { type Application, complaintsOf } from "./applications";

/** The result of Argo CD's latest comparison of an Application, for its cluster and for Git. */
export interface Comparison {
    /** The Application. */
    readonly name: string;
    /**
     * `compared`: the cluster was read, and the manifests were rendered. `without manifests`: the cluster was read, but
     * Git or the chart gave no manifests. `cluster not read`: Argo CD could not read the cluster. `cluster not known`:
     * no cluster Secret has its name. `never`: Argo CD does not compare the Application, because its spec is invalid.
     * `silent`: no comparison ended after the given time.
     */
    readonly what: "compared" | "without manifests" | "cluster not read" | "cluster not known" | "never" | "silent";
    /** Argo CD's error message, if there is one; for a cluster that it did not read, only that message. */
    readonly why?: string;
}

/**
 * Starts of a failed comparison's message: for the cluster, and for the manifests (argo-cd 3.6.1, controller/state.go,
 * `CompareAppState`). One comparison can have both.
 */
const noCluster = /Failed to load live state: |Failed to check if live resource /;
const noManifests = /Failed to load target state: /;

/** Argo CD does not compare an Application with this condition (argo-cd 3.6.1, controller/appcontroller.go). */
const wrongSpec = "InvalidSpecError";
const noSuchCluster = /there are no clusters with this name/;

/**
 * Reads an Application's latest comparison.
 *
 * @param since in milliseconds; an earlier comparison counts as `silent`
 */
export function comparisonOf(application: Application, since: number): Comparison {
    const { metadata, status } = application;
    const { name } = metadata;
    const { reconciledAt = "", conditions = [] } = status ?? {};
    const why = complaintsOf(application);
    if (noSuchCluster.test(why)) {
        return { name, what: "cluster not known", why };
    }
    if (conditions.some(({ type }) => type === wrongSpec)) {
        return { name, what: "never", why };
    }
    if (!(Date.parse(reconciledAt) >= since)) {
        return { name, what: "silent", ...(why !== "" && { why }) };
    }
    const unread = conditions.map(({ message }) => message).filter((message) => noCluster.test(message));
    if (unread.length > 0) {
        return { name, what: "cluster not read", why: unread.join("; ") };
    }
    return lacksManifests(application) ? { name, what: "without manifests", why } : { name, what: "compared" };
}

/** Whether the latest comparison could not render the manifests: the contents of Git are then unknown. */
export function lacksManifests(application: Application): boolean {
    return noManifests.test(complaintsOf(application));
}

/** The combined result of the comparisons of a cluster's Applications. */
export function reach(comparisons: readonly Comparison[]): "read" | "not read" | "nothing yet" | "nothing to compare" {
    const seen = new Set(comparisons.map(({ what }) => what));
    if (seen.has("cluster not read") || seen.has("cluster not known")) {
        return "not read";
    }
    if (seen.has("compared") || seen.has("without manifests")) {
        return "read";
    }
    return seen.has("silent") ? "nothing yet" : "nothing to compare";
}
