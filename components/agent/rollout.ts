import { revisionAnnotation } from "../../clusters/names";
import { annotationOf } from "./clusterFacts";
import type { RolloutSettings } from "../../settings/delivery";
import type { AgentSettings } from "../../settings/agent";
import type { HubSettings } from "../../settings/hub";

/** Label of Applications and cluster Secrets by which the rollout distinguishes environments. */
const environmentLabel = "environment";

/** The part of an ApplicationSet that decides which revision reaches which cluster, and when. */
export interface Rollout {
    /** The Application's targetRevision, for the ApplicationSet's template. */
    readonly targetRevision: string;
    /** The ApplicationSet's strategy; undefined if all Applications may change at the same time. */
    readonly strategy: object | undefined;
}

/**
 * `pinned`: each cluster has the revision in its stack file (the Secret's annotation `revision`), or else the agent's
 * branch. `npm run promote` moves the pins; automated sync and self-heal stay on.
 *
 * `rolling`: every cluster follows the agent's branch, and Argo CD syncs the environments step by step. For that, it
 * turns off automated sync and self-heal (argo-cd, docs/operator-manual/applicationset/Progressive-Syncs.md).
 */
export function rolloutOf(rollout: RolloutSettings, agent: Pick<AgentSettings, "revision">): Rollout {
    switch (rollout.strategy) {
        case "pinned":
            return {
                targetRevision: `{{ ${annotationOf(revisionAnnotation)} | default ${JSON.stringify(agent.revision)} }}`,
                strategy: undefined,
            };
        case "rolling":
            return {
                targetRevision: agent.revision,
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

/**
 * The sync windows of an AppProject. Argo CD selects Applications by a glob over their names and not by label, so the
 * name of a cluster must start with its environment if that has windows (preflight/rollout.ts refuses another name).
 */
export function syncWindows(settings: HubSettings["syncWindows"]) {
    return Object.entries(settings).flatMap(([environment, windows]) =>
        windows.map((window) => ({ ...window, applications: [`agent-${environment}`, `agent-${environment}-*`] })),
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
