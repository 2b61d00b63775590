import { applicationOn, findApplication } from "../../clusters/applications";
import { type ApplicationSettings, followedApplication } from "../../settings/applications";
import { argoCdNameOf } from "../../settings/argoCdName";
import { findCluster } from "../../clusters/kubeconfig";
import { limitsOf } from "../../settings/delivery";
import { compareAnew } from "../support/argoCd";
import { liftCommand } from "../../preflight/quarantine";
import type { Capacity } from "./capacity";
import { type Facts, type Findings, judge, withComparison } from "./checks";
import { capacityOf, quotaOf } from "./cluster";
import type { FailoverCluster, FailoverHub } from "./clusters";
import { whyNotServing } from "./probe";

/** Limit for a new comparison of the target's Application, in milliseconds: a request to Git times out after 15 s. */
const comparisonLimitMs = 30_000;

/**
 * Checks everything that a move depends on. Argo CD comes last, and only if nothing else forbids the move: it continues
 * to report a lost cluster as Healthy, so it must compare the Application again. Git may be unavailable: it is enough
 * that Argo CD reads the cluster.
 *
 * @throws Error if the hub does not answer
 */
export async function examine(hub: FailoverHub, from: FailoverCluster, to: FailoverCluster): Promise<Findings> {
    // Once only: a cluster that users leave may be half-open, and each request to it then takes its whole limit.
    const left = capacityLeft(hub, from);
    const findings = await look(hub, from, to, left);
    if (findings.problems.length > 0) {
        return findings;
    }
    const argoCd = { hub: hub.address, namespace: hub.namespace };
    const target = { cluster: to.name, argoCdName: argoCdNameOf(to.name, to.settings), server: to.server };
    const application = applicationOn(followed(hub).name, target.argoCdName);
    const comparison = await compareAnew(argoCd, target, application, comparisonLimitMs);
    const now = comparison.what === "compared" ? await look(hub, from, to, left) : findings;
    return withComparison(to.name, comparison, now);
}

/**
 * The same without a new comparison: what Argo CD last knew.
 *
 * @param left the capacity of the cluster that users leave
 */
export async function look(
    hub: FailoverHub,
    from: FailoverCluster,
    to: FailoverCluster,
    left = capacityLeft(hub, from),
): Promise<Findings> {
    return judge(await factsOf(hub, from, to, left));
}

async function factsOf(
    hub: FailoverHub,
    from: FailoverCluster,
    to: FailoverCluster,
    left: Promise<Capacity>,
): Promise<Facts> {
    const application = ({ name, settings }: FailoverCluster) =>
        findApplication(hub.address, hub.namespace, followed(hub).name, argoCdNameOf(name, settings));
    const [probe, source, target, ofFrom, ofTo] = await Promise.all([
        whyNotServing(to.probeUrl),
        application(from),
        application(to),
        left,
        capacity(hub, to),
    ]);
    const lift = to.quarantined ? liftCommand(to.stack, to.name) : undefined;
    const name = applicationOn(followed(hub).name, argoCdNameOf(to.name, to.settings));
    const sizes = { from: ofFrom, to: ofTo };
    return { from: from.name, to: to.name, lift, probe, source, target, application: name, capacity: sizes };
}

/** The application for which users move; the settings refuse `traffic` without one. */
function followed({ settings }: FailoverHub): ApplicationSettings {
    const application = followedApplication(settings.applications);
    if (application === undefined) {
        throw new Error("hubspoke:applications: none has `traffic: true`");
    }
    return application;
}

/** A kubeconfig may lack a lost cluster: the cloud that was lost with it describes it (.ci/kubeconfig). */
async function capacityLeft(hub: FailoverHub, from: FailoverCluster): Promise<Capacity> {
    const quota = quotaOf(limitsOf(from.environment, followed(hub).name));
    return capacity(hub, from).catch(({ message }: Error) => ({ ...quota, unasked: message }));
}

async function capacity(hub: FailoverHub, { name, settings, environment }: FailoverCluster): Promise<Capacity> {
    const address = await findCluster(`clusters.${name}`, settings);
    const { namespace, name: application } = followed(hub);
    return capacityOf(address, namespace, limitsOf(environment, application));
}
