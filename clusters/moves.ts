import { createHash } from "node:crypto";
import { z } from "zod";
import type { ClusterAddress } from "./kubeconfig";
import { parseRecord, readRecord } from "./records";

/** Name of the record of failovers on the hub. */
export const moveRecord = "failover-record";

/** Key of the moves in this record, as JSON, the latest first. */
export const movesKey = "moves.json";

const move = z.object({
    /** Time of its start, as RFC 3339. */
    at: z.string(),
    /** Who moved users: the name of a person or a workflow. */
    by: z.string(),
    from: z.string(),
    to: z.string(),
    why: z.string(),
    automatic: z.boolean(),
    /** A move that stays `begun` failed before its end. */
    state: z.enum(["begun", "done"]),
    /** What the checks could not find out, such as the content of Git. */
    unknown: z.string().optional(),
    /** Seconds from the decision until the name resolves to the new cluster. */
    seconds: z.number().optional(),
});

/** One move of users from a cluster to another. */
export type Move = Readonly<z.infer<typeof move>>;

/** The moves so far, the latest first; empty on a hub without moves. */
export async function readMoves(hub: ClusterAddress, namespace: string): Promise<Move[]> {
    const data = await readRecord(hub, namespace, moveRecord);
    return parseRecord(moveRecord, data[movesKey] ?? "[]", z.array(move));
}

/** ID of a move, for `traffic.acknowledge`: a letter and seven hexadecimal digits, so that YAML reads it as text. */
export function moveId({ at, from, to }: Move): string {
    return `m${createHash("sha256").update([at, from, to].join("\n")).digest("hex").slice(0, 7)}`;
}

/** A move in one line. */
export function describeMove({ at, by, from, to, why, automatic, state, seconds, unknown }: Move): string {
    const took = seconds === undefined ? "" : ` in ${seconds.toFixed(1)} s`;
    const doubt = unknown === undefined ? "" : ` (${unknown})`;
    return `${at} ${by}${automatic ? " (automatic)" : ""}: ${from} to ${to}, ${state}${took}: ${why}${doubt}`;
}
