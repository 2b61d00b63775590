import { type Application, isQuarantined, revisionOf, targetRevisionOf } from "../../clusters/applications";
import { describe } from "./describe";

/**
 * The revision that an environment has proved: all its Applications are Synced and Healthy at it, for the soak time.
 *
 * The time begins with the last sync or the last change of health, whichever is later. A commit that changes nothing on
 * this environment causes neither, so the time continues.
 *
 * @param environment name for the error
 * @param expected names of the Applications that its clusters should have; a missing one is an error
 * @param now and soakMs in milliseconds
 * @throws Error that says which condition is not met, and how long to wait
 */
export function provedRevision(
    environment: string,
    expected: readonly string[],
    applications: readonly Application[],
    now: number,
    soakMs: number,
): string {
    if (applications.length === 0) {
        throw new Error(`${environment} has no Application on the hub: there is nothing to promote from`);
    }
    const missing = expected.filter((name) => !applications.some(({ metadata }) => metadata.name === name));
    const unfit = [
        ...applications.filter((application) => !isHealthy(application)).map(describe),
        ...missing.map((name) => `${name} does not exist`),
    ];
    if (unfit.length > 0) {
        throw new Error(
            `${environment} is not Synced and Healthy, so nothing is promoted from it:\n` +
                unfit.map((line) => `  ${line}`).join("\n"),
        );
    }
    const revisions = [...new Set(applications.map(({ status }) => revisionOf(status?.sync) ?? ""))];
    const [revision = "", ...others] = revisions;
    if (revision === "" || others.length > 0) {
        throw new Error(
            `${environment} is at ${revisions.length} revisions, ${revisions.join(", ")}: ` +
                "wait until all its clusters have the same revision, or pin them to one",
        );
    }
    const since = Math.max(...applications.map((application) => healthySince(application, now)));
    const remaining = since + soakMs - now;
    if (remaining > 0) {
        throw new Error(
            `${environment} is Synced and Healthy at ${revision} for only ${Math.floor((now - since) / 1000)} s, but ` +
                `the hub's rollout.soak is ${seconds(soakMs)}. Try again in ${seconds(remaining)}`,
        );
    }
    return revision;
}

/** The progress of a promotion: done, failed (with the reason), or in progress (with the present state). */
export type Progress = { readonly done: true } | { readonly failed: string } | { readonly seen: string };

/** The progress of the target's Applications while its clusters deploy the revision. */
export function progressOf(
    expected: readonly string[],
    applications: readonly Application[],
    revision: string,
): Progress {
    const found = expected.map((name) => applications.find(({ metadata }) => metadata.name === name));
    const failed = found.find((application) => application !== undefined && hasFailed(application, revision));
    if (failed !== undefined) {
        return { failed: describe(failed) };
    }
    const waiting = found.flatMap((application, index) => {
        if (application === undefined) {
            return [`${expected[index]} does not exist`];
        }
        const targeted = targetRevisionOf(application) === revision;
        const there = targeted && revisionOf(application.status?.sync) === revision && isHealthy(application);
        return there ? [] : [describe(application)];
    });
    return waiting.length === 0 ? { done: true } : { seen: waiting.join("\n") };
}

/**
 * The status of an Application in quarantine is old, and proves nothing. Nor does a comparison with an error: Argo CD
 * calls a commit without the signature that it demands Synced, where its manifests are those that run.
 */
export function isHealthy(application: Application): boolean {
    const { sync, health } = application.status ?? {};
    const isWell = sync?.status === "Synced" && health?.status === "Healthy";
    return isWell && errorsOf(application).length === 0 && !isQuarantined(application);
}

/** Messages of the comparison's errors. */
function errorsOf({ status }: Application): string[] {
    return (status?.conditions ?? []).filter(({ type }) => type === "ComparisonError").map(({ message }) => message);
}

/** A refused signature (argo-cd, util/sourceintegrity; the second is that of Argo CD before 3.5). */
const badSignature = /\bGIT\/GPG: |\bsignature\b/;

/**
 * Whether the cluster is in quarantine, Argo CD refuses the revision's signature, or the sync of that revision failed
 * for good or has a Degraded result.
 */
export function hasFailed(application: Application, revision: string): boolean {
    if (isQuarantined(application)) {
        return true;
    }
    const compared = revisionOf(application.status?.sync) === revision;
    if (compared && errorsOf(application).some((error) => badSignature.test(error))) {
        return true;
    }
    const { operationState, health } = application.status ?? {};
    const ofRevision = revisionOf(operationState?.syncResult) === revision;
    const phase = operationState?.phase ?? "";
    return ofRevision && (["Failed", "Error"].includes(phase) || (phase === "Succeeded" && health?.status === "Degraded"));
}

/** Time of the Application's last sync or last change of health, in milliseconds; `now` if it is unknown. */
export function healthySince({ status }: Application, now: number): number {
    const times = [status?.operationState?.finishedAt, status?.health?.lastTransitionTime];
    const known = times.map((time) => Date.parse(time ?? "")).filter((time) => !Number.isNaN(time));
    return known.length === 0 ? now : Math.max(...known);
}

function seconds(milliseconds: number): string {
    return `${Math.ceil(milliseconds / 1000)} s`;
}
