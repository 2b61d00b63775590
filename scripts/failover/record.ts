import { failoverLabel } from "../../clusters/names";
import type { ClusterAddress } from "../../clusters/kubeconfig";
import { describeMove, type Move, moveRecord, movesKey } from "../../clusters/moves";
import { writeRecord } from "../../clusters/records";
import { change } from "../../clusters/request";

/** Number of recorded moves; the Events of older ones are deleted much earlier. */
const kept = 20;

/** Writes the moves, the latest first, and a description of the latest for people who read the ConfigMap. */
export async function writeMoves(hub: ClusterAddress, namespace: string, moves: readonly Move[]): Promise<void> {
    const [latest] = moves;
    await writeRecord(hub, namespace, { name: moveRecord, labels: failoverLabel }, {
        [movesKey]: `${JSON.stringify(moves.slice(0, kept), undefined, 1)}\n`,
        latest: latest === undefined ? "none" : describeMove(latest),
    });
}

/** Creates an Event on the hub, which `kubectl get events` shows. */
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
            involvedObject: { apiVersion: "v1", kind: "ConfigMap", name: moveRecord, namespace },
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
