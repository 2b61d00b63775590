import { findProcess, GiveUp, type Look, waitFor } from "../processes";
import { whyNotReady } from "./api";
import { endedComponents, reconcileComponents, tailsOf } from "./components";
import { kwokctlProcess, settleKwokctl, startKwokctl } from "./kwokctl";
import type { ClusterName } from "./names";
import type { ClusterRecord } from "./record";

const servingLimitMs = 120_000;

/**
 * How often to restart components that ended. The controller manager, for example, exits if
 * the API server needs more than ten seconds, which can happen on a busy machine.
 */
const maxRevivals = 4;

/** kwokctl asks the API server five times a second, so it ends soon after that serves. */
const kwokctlEndsMs = 20_000;

/** Whether all components run; it does not check their health. */
export function allComponentsRun(cluster: ClusterName): boolean {
    return reconcileComponents(cluster).length === 0;
}

/**
 * Creates or starts a cluster with kwokctl, and waits until every component runs and the API server is
 * ready. Components that end meanwhile are started again, a few times; then it fails with their logs.
 */
export async function bringUp(verb: "create" | "start", cluster: ClusterName, record: ClusterRecord): Promise<void> {
    await settleKwokctl(cluster);
    reconcileComponents(cluster);
    await startKwokctl(verb, cluster, record);
    let revivals = 0;
    const check = async (): Promise<Look<void>> => {
        const notReady = await whyNotReady(cluster);
        if (notReady !== undefined && findProcess(kwokctlProcess(cluster)) && endedComponents(cluster).length === 0) {
            return { seen: notReady };
        }
        await settleKwokctl(cluster, notReady === undefined ? kwokctlEndsMs : 0);
        const missing = reconcileComponents(cluster);
        if (missing.length === 0) {
            return notReady === undefined ? { done: undefined } : { seen: notReady };
        }
        if (++revivals > maxRevivals) {
            throw new GiveUp(`${cluster} does not stay up:\n${tailsOf(cluster, missing)}`);
        }
        await startKwokctl("start", cluster, record);
        return { seen: `${missing.join(", ")} ended` };
    };
    await waitFor(`the API server of ${cluster}`, check, { timeoutMs: servingLimitMs });
}
