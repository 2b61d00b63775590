import { z } from "zod";
import type { ClusterAddress } from "./kubeconfig";
import { promotionLabel } from "./names";
import { parseRecord, readRecord, writeRecord } from "./records";

const recordName = "promotion-record";

/** Maximum number of superseded revisions in a cluster's record. */
const kept = 50;

const promotion = z.object({
    /** The revision that was promoted last. It was Synced and Healthy. */
    revision: z.string(),
    /** Time of the promotion, as RFC 3339. */
    at: z.string(),
    /** Revisions that promotions replaced, the latest first. */
    superseded: z.array(z.string()),
});

/** The promotions of one cluster. */
export type Promotion = Readonly<z.infer<typeof promotion>>;

/** The record of promotions, by cluster; a cluster without a promotion is not in it. */
export type Promotions = Readonly<Record<string, Promotion>>;

/** Reads the record of promotions; it is empty on a new hub. */
export async function readPromotions(hub: ClusterAddress, namespace: string): Promise<Promotions> {
    const data = await readRecord(hub, namespace, recordName);
    const entries = Object.entries(data).map(([cluster, json]) => [cluster, parseRecord(recordName, json, promotion)]);
    return Object.fromEntries(entries) as Promotions;
}

/**
 * Records that clusters now run a revision.
 *
 * @param pins the revision that each cluster had before; undefined if it followed the branch
 */
export async function recordPromotion(
    hub: ClusterAddress,
    namespace: string,
    pins: Readonly<Record<string, string | undefined>>,
    revision: string,
): Promise<void> {
    const before = await readPromotions(hub, namespace);
    const at = new Date().toISOString();
    const data = Object.entries(pins).map(([cluster, pin]) => {
        return [cluster, JSON.stringify(promoted(before[cluster], pin, revision, at))];
    });
    const record = { name: recordName, labels: promotionLabel };
    await writeRecord(hub, namespace, record, Object.fromEntries(data) as Record<string, string>);
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
