import { z } from "zod";
import { agentKey } from "../settings/agentKey";
import { type Pin, pinText } from "../settings/pins";
import type { ClusterAddress } from "./kubeconfig";
import { promotionLabel, revisionAnnotationOf, valuesRevisionAnnotationOf } from "./names";
import { parseRecord, readRecord, writeRecord } from "./records";
import { type Registration, registrations } from "./registrations";

const recordName = "promotion-record";

/** Maximum number of superseded revisions in a cluster's record: a ConfigMap has at most 1 MiB (docs/scale.md). */
const kept = 10;

const promotion = z.object({
    /** The revision that was promoted last. */
    revision: z.string(),
    /** Time of the promotion, as RFC 3339. */
    at: z.string(),
    /** Revisions that promotions replaced, the latest first. */
    superseded: z.array(z.string()),
});

/** The promotions of an application on a cluster. */
export type Promotion = Readonly<z.infer<typeof promotion>>;

const beginning = z.object({
    revision: z.string(),
    at: z.string(),
    /** The revision that the cluster Secret had before; undefined if the cluster followed the branch. */
    from: z.string().optional(),
});

/** An application on a cluster. */
export interface Promoted {
    readonly application: string;
    readonly cluster: string;
}

/** Key of the record: the cluster for the agent, and for another application both; no name has an underscore. */
export function promotionKey({ application, cluster }: Promoted): string {
    return application === agentKey ? cluster : `${application}_${cluster}`;
}

function promotedIn(key: string): Promoted {
    const [first = "", second] = key.split("_", 2);
    return second === undefined ? { application: agentKey, cluster: first } : { application: first, cluster: second };
}

/** The record of promotions, by {@link promotionKey}; what was never promoted is not in it. */
export type Promotions = Readonly<Record<string, Promotion>>;

/** What the hub records: promotions that ended, and those that began and have not ended, by {@link promotionKey}. */
export interface PromotionRecord {
    readonly ended: Promotions;
    readonly begun: Readonly<Record<string, Readonly<z.infer<typeof beginning>>>>;
}

/** Key of a promotion that has begun; no name has a dot. */
const begunKey = (key: string) => `${key}.begun`;

/** Reads the record of promotions; it is empty on a new hub. */
export async function readPromotions(hub: ClusterAddress, namespace: string): Promise<PromotionRecord> {
    const entries = Object.entries(await readRecord(hub, namespace, recordName));
    const isBegun = (key: string) => key.endsWith(begunKey(""));
    const ended = entries
        .filter(([key]) => !isBegun(key))
        .map(([cluster, json]) => [cluster, parseRecord(recordName, json, promotion)]);
    const begun = entries
        .filter(([key]) => isBegun(key))
        .map(([key, json]) => [key.slice(0, -begunKey("").length), parseRecord(recordName, json, beginning)]);
    return {
        ended: Object.fromEntries(ended) as Promotions,
        begun: Object.fromEntries(begun) as PromotionRecord["begun"],
    };
}

/**
 * The promotions that have reached their clusters. One that was interrupted has replaced the revision of a cluster if
 * the cluster Secret has the new one, and has changed nothing on the others.
 */
export function promotionsThatMoved(
    { ended, begun }: PromotionRecord,
    existing: readonly Pick<Registration, "cluster" | "annotations">[],
): Promotions {
    const moved = Object.entries(begun).flatMap(([key, { revision, at, from }]) =>
        pinOf(existing, promotedIn(key)) === revision ? [[key, promoted(ended[key], from, revision, at)]] : [],
    );
    return { ...ended, ...(Object.fromEntries(moved) as Promotions) };
}

/** The present pin, with that of the values files after a space. */
function pinOf(
    existing: readonly Pick<Registration, "cluster" | "annotations">[],
    { application, cluster }: Promoted,
): string | undefined {
    return pinText(pinIn(existing.find((one) => one.cluster === cluster)?.annotations ?? {}, application));
}

/** The pin of an application in the annotations of a cluster Secret. */
export function pinIn(annotations: Registration["annotations"], application: string): Pin {
    return {
        revision: annotations[revisionAnnotationOf(application)],
        values: annotations[valuesRevisionAnnotationOf(application)],
    };
}

/**
 * Records, before anything is changed, that clusters are to get a revision. An interrupted promotion leaves this.
 *
 * @param replaces the revision that this replaces, also on clusters that do not have it yet; without it, what each has
 */
export async function beginPromotion(
    hub: ClusterAddress,
    namespace: string,
    all: readonly Promoted[],
    revision: string,
    replaces?: string,
): Promise<void> {
    const at = new Date().toISOString();
    await write(hub, namespace, all, (pin) => JSON.stringify({ revision, at, from: replaces ?? pin }));
}

/** Records that the clusters run what was promoted to them. */
export async function endPromotion(hub: ClusterAddress, namespace: string, all: readonly Promoted[]): Promise<void> {
    await write(hub, namespace, all, () => null);
}

/**
 * Writes what has moved so far, and what begins now: from a cluster's present pin. A cluster that is not registered
 * keeps its entry, which refuses an old pin when it is registered again.
 */
async function write(
    hub: ClusterAddress,
    namespace: string,
    all: readonly Promoted[],
    beginsAt: (pin: string | undefined) => string | null,
): Promise<void> {
    const [record, existing] = await Promise.all([readPromotions(hub, namespace), registrations(hub, namespace)]);
    const moved = promotionsThatMoved(record, existing);
    const data: Record<string, string | null> = {};
    for (const one of all) {
        const key = promotionKey(one);
        const ended = moved[key];
        data[begunKey(key)] = beginsAt(pinOf(existing, one));
        if (ended !== undefined) {
            // Earlier versions kept more.
            data[key] = JSON.stringify({ ...ended, superseded: ended.superseded.slice(0, kept) });
        }
    }
    await writeRecord(hub, namespace, { name: recordName, labels: promotionLabel }, data);
}

/** A cluster's record after one more promotion. A revision that returns is no longer superseded. */
export function promoted(
    before: Promotion | undefined,
    pin: string | undefined,
    revision: string,
    at: string,
): Promotion {
    const earlier = [pin, before?.revision, ...(before?.superseded ?? [])].filter((one) => one !== undefined);
    const superseded = [...new Set(earlier)].filter((one) => one !== revision).slice(0, kept);
    return { revision, at, superseded };
}
