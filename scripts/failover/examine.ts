import { agentApplicationOf } from "../../clusters/applications";
import { findCluster } from "../../clusters/kubeconfig";
import { waitUntilArgoCdWorks } from "../support/argoCd";
import type { Capacity } from "./capacity";
import { type Facts, type Findings, judge } from "./checks";
import { capacityOf } from "./cluster";
import type { FailoverCluster, FailoverHub } from "./clusters";
import { whyNotServing } from "./probe";

/** Limit for Argo CD to compare the target's Application anew, in milliseconds. */
const comparisonLimitMs = 60_000;

/**
 * Looks at everything that a move depends on. Argo CD is asked last, and only where nothing else speaks against the
 * move: it goes on calling a cluster Healthy that it has lost, so it must compare the Application with it anew.
 *
 * @throws Error where the hub does not answer
 */
export async function examine(hub: FailoverHub, from: FailoverCluster, to: FailoverCluster): Promise<Findings> {
    const findings = judge(await factsOf(hub, from, to));
    if (findings.problems.length > 0) {
        return findings;
    }
    try {
        const target = { cluster: to.name, server: to.server };
        await waitUntilArgoCdWorks({ hub: hub.address, namespace: hub.namespace }, target, comparisonLimitMs);
    } catch (error) {
        return { ...findings, problems: [`Argo CD is not connected to ${to.name}: ${(error as Error).message}`] };
    }
    const { good, problems } = judge(await factsOf(hub, from, to));
    return { good: [`Argo CD is connected to ${to.name}`, ...good], problems };
}

async function factsOf(hub: FailoverHub, from: FailoverCluster, to: FailoverCluster): Promise<Facts> {
    const application = (cluster: FailoverCluster) => agentApplicationOf(hub.address, hub.namespace, cluster.name);
    const [probe, source, target, ofFrom, ofTo] = await Promise.all([
        whyNotServing(to.probeUrl),
        application(from),
        application(to),
        capacity(hub, from),
        capacity(hub, to),
    ]);
    return { from: from.name, to: to.name, probe, source, target, capacity: { from: ofFrom, to: ofTo } };
}

async function capacity(hub: FailoverHub, { name, settings, environment }: FailoverCluster): Promise<Capacity> {
    const address = await findCluster(`clusters.${name}`, settings);
    return capacityOf(address, hub.settings.agent.namespace, environment.namespace);
}
