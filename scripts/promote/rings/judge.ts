import { type Application, revisionOf, targetRevisionOf } from "../../../clusters/applications";
import { pinText, type Pin } from "../../../settings/pins";
import { hasFailed, healthySince, isHealthy } from "../checks";
import { describe } from "../describe";

/** How a cluster stands in its ring. */
export type Verdict =
    | { readonly is: "proved" }
    | { readonly is: "soaking"; readonly remainingMs: number }
    | { readonly is: "waiting"; readonly why: string }
    | { readonly is: "failed"; readonly why: string };

/**
 * How a cluster stands after its pin has moved. It is proved when its Application was Synced and Healthy at the
 * revision for the soak time, as Argo CD observed it: nobody has to look on.
 *
 * @param name of the Application; `sinceMs`: when the pin moved
 */
export function judge(
    name: string,
    applications: readonly Application[],
    { revision, sinceMs, soakMs, now }: { revision: string; sinceMs: number; soakMs: number; now: number },
): Verdict {
    const application = applications.find(({ metadata }) => metadata.name === name);
    if (application === undefined) {
        return { is: "waiting", why: `${name} does not exist` };
    }
    if (hasFailed(application, revision)) {
        return { is: "failed", why: describe(application) };
    }
    const isThere = targetRevisionOf(application) === revision && revisionOf(application.status?.sync) === revision;
    if (!isThere || !isHealthy(application)) {
        return { is: "waiting", why: describe(application) };
    }
    const remainingMs = Math.max(healthySince(application, now), sinceMs) + soakMs - now;
    return remainingMs > 0 ? { is: "soaking", remainingMs } : { is: "proved" };
}

/** Whether an Application has gone back to a pin; without one, to what the hub's settings name. */
export function isBack(application: Application, pin: Pin, revision: string): boolean {
    const target = targetRevisionOf(application);
    const compared = application.status?.sync?.comparedTo;
    const isCompared = compared === undefined || targetRevisionOf({ spec: compared }) === target;
    const wanted = pinText(pin);
    const isTargeted = wanted === undefined ? target !== revision : target === wanted;
    return isTargeted && isCompared && isHealthy(application);
}
