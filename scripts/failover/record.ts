import { z } from "zod";
import { failoverLabel } from "../../clusters/names";
import type { ClusterAddress } from "../../clusters/kubeconfig";
import { ask, change } from "../../clusters/request";

/** Moves that are kept; the Events of older ones are gone long before. */
const kept = 20;

const recordName = "failover-record";

const move = z.object({
    /** When it began, as RFC 3339. */
    at: z.string(),
    /** Who moved users: a person's or a workflow's name. */
    by: z.string(),
    from: z.string(),
    to: z.string(),
    why: z.string(),
    automatic: z.boolean(),
    /** Begun and not done is a move that failed half-way. */
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
    const { status, body } = await ask(hub, recordPath(namespace));
    if (status === 404) {
        return [];
    }
    if (status !== 200) {
        throw new Error(`the hub answers ${status} when asked for the ConfigMap ${recordName}`);
    }
    const { data } = JSON.parse(body) as { data?: Record<string, string> };
    return z.array(move).parse(JSON.parse(data?.["moves.json"] ?? "[]"));
}

/** Writes the moves, the latest first, with the latest in words for who reads the ConfigMap. */
export async function writeMoves(hub: ClusterAddress, namespace: string, moves: readonly Move[]): Promise<void> {
    const [latest] = moves;
    const data = {
        "moves.json": `${JSON.stringify(moves.slice(0, kept), undefined, 1)}\n`,
        latest: latest === undefined ? "none" : describeMove(latest),
    };
    const body = { metadata: { name: recordName, labels: failoverLabel }, data };
    if (!(await change(hub, recordPath(namespace), { method: "PATCH", body }))) {
        await change(hub, configMaps(namespace), { method: "POST", body: { apiVersion: "v1", kind: "ConfigMap", ...body } });
    }
}

/** Says it on the hub as an Event, where `kubectl get events` shows it. */
export async function announce(
    hub: ClusterAddress,
    namespace: string,
    reason: "FailoverBegun" | "FailoverDone",
    latest: Move,
): Promise<void> {
    const now = new Date().toISOString();
    await change(hub, `api/v1/namespaces/${namespace}/events`, {
        method: "POST",
        body: {
            apiVersion: "v1",
            kind: "Event",
            metadata: { generateName: "failover-" },
            involvedObject: { apiVersion: "v1", kind: "ConfigMap", name: recordName, namespace },
            type: "Normal",
            reason,
            message: describeMove(latest),
            source: { component: "hubspoke-failover" },
            firstTimestamp: now,
            lastTimestamp: now,
            count: 1,
        },
    });
}

/** A move in one line. */
export function describeMove({ at, by, from, to, why, automatic, state, seconds, unknown }: Move): string {
    const took = seconds === undefined ? "" : ` in ${seconds.toFixed(1)} s`;
    return `${at} ${by}${automatic ? " (automatic)" : ""}: ${from} to ${to}, ${state}${took}: ${why}${unknown === undefined ? "" : ` (${unknown})`}`;
}

function configMaps(namespace: string): string {
    return `api/v1/namespaces/${namespace}/configmaps`;
}

function recordPath(namespace: string): string {
    return `${configMaps(namespace)}/${recordName}`;
}
