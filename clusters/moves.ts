import { createHash } from "node:crypto";
import { z } from "zod";
import type { ClusterAddress } from "./kubeconfig";
import { parseRecord, readRecord } from "./records";

/** Name of the record of failovers on the hub. */
export const moveRecord = "failover-record";

/** Key of the moves in it, as JSON, the latest first. */
export const movesKey = "moves.json";

const move = z.object({
    /** When it began, as RFC 3339. */
    at: z.string(),
    /** Who moved users: the name of a person or a workflow. */
    by: z.string(),
    from: z.string(),
    to: z.string(),
    why: z.string(),
    automatic: z.boolean(),
    /** A move that has begun and is not done failed half-way. */
    state: z.enum(["begun", "done"]),
    /** What the checks could not find out, such as what Git holds. */
    unknown: z.string().optional(),
    /** Seconds from the decision to the new answer of the name. */
    seconds: z.number().optional(),
});

/** One move of users from a cluster to another. */
export type Move = Readonly<z.infer<typeof move>>;

/** The moves so far, the latest first; none on a hub that has seen none. */
export async function readMoves(hub: ClusterAddress, namespace: string): Promise<Move[]> {
    const data = await readRecord(hub, namespace, moveRecord);
    return parseRecord(moveRecord, data[movesKey] ?? "[]", z.array(move));
}

/** The id of a move, for `traffic.acknowledge`: a letter and seven hexadecimal digits, so that YAML reads text. */
export function moveId({ at, from, to }: Move): string {
    return `m${createHash("sha256").update([at, from, to].join("\n")).digest("hex").slice(0, 7)}`;
}

/** A move in one line. */
export function describeMove({ at, by, from, to, why, automatic, state, seconds, unknown }: Move): string {
    const took = seconds === undefined ? "" : ` in ${seconds.toFixed(1)} s`;
    const doubt = unknown === undefined ? "" : ` (${unknown})`;
    return `${at} ${by}${automatic ? " (automatic)" : ""}: ${from} to ${to}, ${state}${took}: ${why}${doubt}`;
}
