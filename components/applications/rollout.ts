import { revisionAnnotationOf, valuesRevisionAnnotationOf } from "../../clusters/names";
import { annotationOf } from "./clusterFacts";
import type { RolloutSettings } from "../../settings/delivery";
import type { ApplicationSettings } from "../../settings/applications";
import type { HubSettings } from "../../settings/hub";

/** Label of Applications and cluster Secrets by which the rollout distinguishes environments. */
const environmentLabel = "environment";

/** Revisions of an Application's sources, for the ApplicationSet's template. */
export interface Revisions {
    /** Revision or version of the chart. */
    readonly chart: string;
    /** Revision of the values files, where the chart is not in Git. */
    readonly values: string;
}

/** The part of an ApplicationSet that decides which revision reaches which cluster, and when. */
export interface Rollout {
    readonly revisions: Revisions;
    /** The ApplicationSet's strategy; undefined if all Applications may change at the same time. */
    readonly strategy: object | undefined;
}

/**
 * `pinned`: each cluster has the revisions in its stack file (annotations of its Secret), or else those of the hub's
 * settings. `npm run promote` moves the pins; automated sync and self-heal stay on.
 *
 * `rolling`: every cluster follows the hub's settings, and Argo CD syncs the environments step by step. For that, it
 * turns off automated sync and self-heal (argo-cd, docs/operator-manual/applicationset/Progressive-Syncs.md). Its steps
 * have no soak time, gate or approval and no way back, and wait for a dead cluster for ever: scripts/promote/rings/ has
 * these.
 */
export function rolloutOf(rollout: RolloutSettings, application: Pick<ApplicationSettings, "name" | "source">): Rollout {
    const { name } = application;
    const followed = followedRevisions(application);
    switch (rollout.strategy) {
        case "pinned": {
            const pinned = (annotation: string, revision: string) =>
                `{{ ${annotationOf(annotation)} | default ${JSON.stringify(revision)} }}`;
            return {
                revisions: {
                    chart: pinned(revisionAnnotationOf(name), followed.chart),
                    values: pinned(valuesRevisionAnnotationOf(name), followed.values),
                },
                strategy: undefined,
            };
        }
        case "rolling":
            return {
                revisions: followed,
                strategy: {
                    type: "RollingSync",
                    rollingSync: {
                        steps: rollout.steps.map(({ environments, maxUpdate }) => ({
                            matchExpressions: [{ key: environmentLabel, operator: "In", values: environments }],
                            maxUpdate,
                        })),
                    },
                },
            };
    }
}

/** The revisions in the hub's settings. */
function followedRevisions({ source }: Pick<ApplicationSettings, "source">): Revisions {
    return "repository" in source
        ? { chart: source.revision, values: "" }
        : { chart: source.version, values: source.values?.revision ?? "" };
}

/**
 * The sync windows of an AppProject. Argo CD selects Applications by a glob over their names and not by label, so the
 * name of a cluster must start with its environment if that has windows (preflight/rollout.ts refuses another name).
 */
export function syncWindows(application: string, settings: HubSettings["syncWindows"]) {
    return Object.entries(settings).flatMap(([environment, windows]) =>
        windows.map((window) => ({ ...window, applications: [`${application}-${environment}`, `${application}-${environment}-*`] })),
    );
}

/** Whether windows for an environment apply to a cluster of that name. */
export function isWindowedBy(environment: string, cluster: string): boolean {
    return cluster === environment || cluster.startsWith(`${environment}-`);
}

/** The hub's requirements for environment stacks, which read them from the hub's outputs. */
export interface RolloutRules {
    readonly strategy: RolloutSettings["strategy"];
    /** Environments whose clusters must have their own revision: without one they would follow a branch. */
    readonly pinned: readonly string[];
    /** Environments that Argo CD syncs; undefined if it syncs every environment. */
    readonly rolled: readonly string[] | undefined;
    /** Environments that have sync windows. */
    readonly windowed: readonly string[];
    /** Environments whose Applications the hub protects from deletion; undefined from an older hub. */
    readonly protectedEnvironments?: readonly string[];
    /** How long a revision must be healthy before its promotion, as a Go duration. */
    readonly soak: string;
}

/** The rules that follow from the hub's settings. */
export function rolloutRules(
    settings: Pick<HubSettings, "protectedEnvironments" | "rollout" | "syncWindows">,
): RolloutRules {
    const { strategy, steps, soak } = settings.rollout;
    return {
        strategy,
        pinned: strategy === "pinned" ? settings.protectedEnvironments : [],
        rolled: strategy === "rolling" ? steps.flatMap(({ environments }) => environments) : undefined,
        windowed: Object.keys(settings.syncWindows),
        protectedEnvironments: settings.protectedEnvironments,
        soak,
    };
}
