import { revisionAnnotation } from "../../clusters/names";
import { annotationOf } from "./clusterFacts";
import type { RolloutSettings } from "../../settings/delivery";
import type { AgentSettings } from "../../settings/agent";
import type { HubSettings } from "../../settings/hub";

/** Label of Applications and cluster Secrets by which the rollout tells environments apart. */
const environmentLabel = "environment";

/** The part of an ApplicationSet that decides which revision reaches which cluster, and when. */
export interface Rollout {
    /** The Application's targetRevision, for the ApplicationSet's template. */
    readonly targetRevision: string;
    /** The ApplicationSet's strategy; nothing where all Applications may change at once. */
    readonly strategy: object | undefined;
}

/**
 * `pinned`: each cluster has the revision that its own stack file names (the Secret's annotation `revision`), and the
 * agent's branch where that names none. `npm run promote` moves the pins; automated sync and self-heal stay.
 *
 * `rolling`: every cluster follows the agent's branch, and Argo CD syncs one step's environments after another. It
 * turns automated sync off for that, and self-heal with it (argo-cd, docs/operator-manual/applicationset/
 * Progressive-Syncs.md).
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
 * The windows of an AppProject. Argo CD selects Applications by a glob over their names and not by label, so a
 * cluster whose environment has windows is named after it (preflight/rollout.ts refuses another name).
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

/** What the hub demands of environment stacks, which read it from the hub's outputs. */
export interface RolloutRules {
    readonly strategy: RolloutSettings["strategy"];
    /** Environments whose clusters name a revision of their own: without one they would follow a branch. */
    readonly pinned: readonly string[];
    /** Environments that Argo CD syncs at all; nothing where it syncs any. */
    readonly rolled: readonly string[] | undefined;
    /** Environments that have sync windows. */
    readonly windowed: readonly string[];
    /** How long a revision is healthy before it is promoted, as a Go duration. */
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
        soak,
    };
}
