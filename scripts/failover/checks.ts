import type { Application } from "../../clusters/applications";
import { isBehind, revisionOf } from "./revisions";
import { type Comparison, lacksManifests } from "../../clusters/comparisons";
import { type Capacity, lacks } from "./capacity";

/** Facts about the target cluster of a move, and about the cluster that users leave. */
export interface Facts {
    readonly from: string;
    readonly to: string;
    /** The command that lifts the target's quarantine; undefined where it is in none. */
    readonly lift: string | undefined;
    /** Why the agent on the target does not serve users from outside; undefined if it does. */
    readonly probe: string | undefined;
    readonly source: Application | undefined;
    readonly target: Application | undefined;
    /** Name of the target's Application. */
    readonly application: string;
    readonly capacity: { readonly from: Capacity; readonly to: Capacity };
}

/** The results of the checks, as messages: what allows the move, and what forbids it. */
export interface Findings {
    readonly good: readonly string[];
    readonly problems: readonly string[];
    /** What could not be checked, but does not forbid the move; the record contains it. */
    readonly unknown: readonly string[];
}

/** Decides whether users can move from one cluster to another. */
export function judge(facts: Facts): Findings {
    const findings = [
        quarantineFindings(facts),
        probeFindings(facts),
        ...applicationFindings(facts),
        capacityFindings(facts),
    ];
    return {
        good: findings.flatMap(({ good = [] }) => good),
        problems: findings.flatMap(({ problems = [] }) => problems),
        unknown: findings.flatMap(({ unknown = [] }) => unknown),
    };
}

/**
 * Adds the result of a new comparison of the target's Application by Argo CD. It forbids the move only if Argo CD could
 * not read the cluster. If Git is slow or unavailable, there is nothing to compare: the earlier facts count.
 */
export function withComparison(to: string, { name, what, why = what }: Comparison, findings: Findings): Findings {
    const { good, problems, unknown } = findings;
    switch (what) {
        case "compared":
            return { ...findings, good: [`Argo CD is connected to ${to}`, ...good] };
        case "without manifests":
            return {
                ...findings,
                good: [`Argo CD is connected to ${to}`, ...good],
                unknown: [...new Set([...unknown, notFromGit(name)])],
            };
        case "cluster not read":
        case "cluster not known":
        case "never":
            return { ...findings, problems: [...problems, `Argo CD is not connected to ${to}: ${why}`] };
        case "silent":
            return { ...findings, unknown: [...unknown, `Argo CD did not compare ${name} again in time; Git may be unavailable`] };
    }
}

function notFromGit(application: string): string {
    return `Git did not answer, so ${application} was checked at its last known revision`;
}

type Finding = Partial<Findings>;

function quarantineFindings({ to, lift }: Facts): Finding {
    const problem = `${to} is in quarantine, so Argo CD does not work on it, and its status is old. Lift that: ${lift}`;
    return lift === undefined ? {} : { problems: [problem] };
}

function probeFindings({ to, probe }: Facts): Finding {
    return probe === undefined
        ? { good: [`the agent on ${to} answers from outside`] }
        : { problems: [`the agent on ${to} does not serve users: ${probe}`] };
}

function applicationFindings({ from, to, source, target, application }: Facts): Finding[] {
    const { sync, health } = target?.status ?? {};
    if (target === undefined) {
        return [{ problems: [`the hub has no Application ${application}`] }];
    }
    const state = `${application} is ${sync?.status ?? "Unknown"} and ${health?.status ?? "Unknown"}`;
    const withoutGit = sync?.status === "Unknown" && lacksManifests(target);
    const fit = (sync?.status === "Synced" || withoutGit) && health?.status === "Healthy";
    return [
        fit ? { good: [state], unknown: withoutGit ? [notFromGit(application)] : [] } : { problems: [state] },
        revisionFinding(from, to, source, target),
    ];
}

function revisionFinding(from: string, to: string, source: Application | undefined, target: Application): Finding {
    const wanted = revisionOf(source);
    const own = revisionOf(target);
    if (wanted === undefined || own === undefined) {
        const unknown = wanted === undefined ? from : to;
        return { problems: [`the hub does not know which revision ${unknown} runs, so it cannot tell which cluster is behind`] };
    }
    if (isBehind(target, wanted)) {
        const remedy = `Promote it first: npm run promote -- --from … --to …`;
        return { problems: [`${to} runs ${own}, and never ran ${wanted} of ${from}. ${remedy}`] };
    }
    return { good: [own === wanted ? `${to} runs ${own}, like ${from}` : `${to} runs ${own}, which is later than ${wanted} of ${from}`] };
}

function capacityFindings({ from, to, capacity }: Facts): Finding {
    const problems = lacks(to, capacity.to, from, capacity.from);
    const replicas = capacity.to.replicas;
    const { unasked } = capacity.from;
    return {
        unknown: unasked === undefined ? [] : [`${from} was not asked how many replicas it has: ${unasked}`],
        ...(problems.length > 0
            ? { problems }
            : { good: [`${to} has the capacity that ${from} may use; ${replicas?.ready} replicas are ready, up to ${replicas?.most}`] }),
    };
}
