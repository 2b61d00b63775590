import { z } from "zod";
import type { ClusterAddress } from "./kubeconfig";
import { promotionLabel } from "./names";
import { changeRecordKey, parseRecord, readRecord } from "./records";

const recordName = "release-record";

/** How long clusters may take to become Healthy unless the user says otherwise, as a Go duration. */
export const usualTimeout = "15m";

const pin = z.object({
    revision: z.string().optional(),
    values: z.string().optional(),
    rollbackFrom: z.string().optional(),
});

const ring = z.object({
    /** The clusters that this ring moves. */
    clusters: z.array(z.string()),
    /** Those of its clusters that had the revision before: it does not move them, and watches them. */
    has: z.array(z.string()).default([]),
    /** As a Go duration. */
    soak: z.string(),
    approve: z.boolean(),
    /** Number of clusters that may fail. */
    maxFailed: z.number(),
});

/** A group of clusters that get a release together. */
export type Ring = Readonly<z.infer<typeof ring>>;

const byCluster = z.record(z.string(), z.string());

const release = z.object({
    /** The revision, with that of the values files after a space. */
    revision: z.string(),
    /** The begin, as RFC 3339. */
    at: z.string(),
    /** Id of the process that drives the release. */
    runner: z.string(),
    state: z.enum(["running", "approval", "paused", "going back", "done", "back"]),
    /** Why it is paused or went back. */
    why: z.string().optional(),
    /** Whether it is paused because it failed. */
    failure: z.boolean().optional(),
    rings: z.array(ring),
    /** Index of the present ring. */
    ring: z.number(),
    /** Whether the present ring has the approval that it needs. */
    approved: z.boolean(),
    /** Whether the pins of the present ring have begun to move. */
    begun: z.boolean(),
    /** When they had moved, as RFC 3339. */
    movedAt: z.string().optional(),
    /** When a process last took the release over, as RFC 3339. */
    resumedAt: z.string().optional(),
    /** How long a ring's clusters may take to become Healthy, and gates to open after their time; as a Go duration. */
    timeout: z.string().default(usualTimeout),
    /** Clusters whose pins this release has moved on the hub. */
    moved: z.array(z.string()),
    /** The pin that each cluster had before. */
    before: z.record(z.string(), pin),
    /** Clusters that the release did not move or does not wait for, and why. */
    skipped: byCluster,
    /** Clusters that failed, within the limits, and why. */
    failed: byCluster,
});

/** A release of a revision to an environment in rings, as the hub records it: any machine can continue it. */
export type Release = Readonly<z.infer<typeof release>>;

/** Whether a release has not ended. */
export function isUnderWay(record: Release | undefined): record is Release {
    return record !== undefined && record.state !== "done" && record.state !== "back";
}

/** Whose release it is. */
export interface ReleaseOf {
    /** The environment's stack, without organization and project. */
    readonly stack: string;
    readonly application: string;
}

/** No application's name has a dot. */
const keyOf = ({ stack, application }: ReleaseOf) => `${stack}.${application}`;

/** The last release of an application to an environment; undefined if there was none. */
export async function readRelease(hub: ClusterAddress, namespace: string, of: ReleaseOf): Promise<Release | undefined> {
    return parsed((await readRecord(hub, namespace, recordName))[keyOf(of)]);
}

/**
 * Changes the record of a release. The change is made to what the hub has at that moment; of two changes at once, the
 * second one is made to the result of the first.
 *
 * @param change returns the same object to change nothing
 * @returns the record after it
 */
export async function changeRelease(
    hub: ClusterAddress,
    namespace: string,
    of: ReleaseOf,
    change: (record: Release | undefined) => Release,
): Promise<Release> {
    const record = { name: recordName, labels: promotionLabel };
    const json = await changeRecordKey(hub, namespace, record, keyOf(of), (before) => {
        const found = parsed(before);
        const next = change(found);
        return next === found && before !== undefined ? before : JSON.stringify(next);
    });
    return parseRecord(recordName, json, release);
}

function parsed(json: string | undefined): Release | undefined {
    return json === undefined ? undefined : parseRecord(recordName, json, release);
}
