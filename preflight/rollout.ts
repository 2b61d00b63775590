import { isWindowedBy } from "../components/applications/rollout";
import { chosenFor } from "../components/applications/rooms";
import type { HubOutputs } from "../components/hubOutputs";
import { pinOf, pinSetting } from "../settings/pins";
import { argoCdNameOf, nameNormalized } from "../settings/argoCdName";
import type { EnvironmentSettings } from "../settings/environment";
import type { HubSettings } from "../settings/hub";

/**
 * Refuses an environment that does not fit the hub's rollout: Argo CD would never sync it, a protected environment
 * would follow a branch, a pin would have no effect, or a cluster would get another environment's sync windows instead
 * of its own.
 *
 * @throws Error with all problems
 */
export function refuseUnfitForRollout(
    { environment, clusters }: Pick<EnvironmentSettings, "clusters" | "environment">,
    hub: Pick<HubOutputs, "applications" | "rollout">,
): void {
    const rules = hub.rollout;
    const problems: string[] = [];
    if (rules.rolled !== undefined && !rules.rolled.includes(environment)) {
        problems.push(
            `hubspoke:environment: the hub's rollout is "rolling", and no step names ${environment}: Argo CD would never ` +
                "sync it. Add it to rollout.steps of the hub's stack first",
        );
    }
    for (const [name, settings] of Object.entries(clusters)) {
        const argoCdName = argoCdNameOf(name, settings);
        for (const application of chosenFor(hub, { environment }, settings)) {
            const { revision } = pinOf(settings, application.name);
            const at = `hubspoke:clusters.${name}.${pinSetting(application.name)}`;
            if (rules.strategy === "rolling" && revision !== undefined) {
                problems.push(
                    `${at}: is ${revision}, but the hub's rollout is "rolling", in which every cluster follows the hub's ` +
                        "settings. Remove it, or set rollout.strategy of the hub's stack to pinned first",
                );
            }
            if (rules.pinned.includes(environment) && revision === undefined) {
                problems.push(
                    `${at}: is missing, but ${environment} is protected: it would follow the hub's settings. Write the ` +
                        "tag, commit or version that it runs",
                );
            }
        }
        for (const windowed of rules.windowed) {
            if (isWindowedBy(windowed, nameNormalized(argoCdName)) !== (windowed === environment)) {
                problems.push(
                    `hubspoke:clusters.${name}: the sync windows of ${windowed} apply to clusters named ${windowed} or ` +
                        `${windowed}-…, but this one is in ${environment}. Choose another name`,
                );
            }
        }
    }
    if (problems.length > 0) {
        throw new Error(problems.join("\n  "));
    }
}

/**
 * Refuses steps without an environment that has registered clusters: Argo CD would never sync them.
 *
 * @param environments the environments of the registered clusters to which the agent is delivered
 * @throws Error that names the environments
 */
export function refuseForgottenEnvironments(
    { rollout }: Pick<HubSettings, "rollout">,
    environments: readonly string[],
): void {
    if (rollout.strategy !== "rolling") {
        return;
    }
    const named = rollout.steps.flatMap((step) => step.environments);
    const forgotten = [...new Set(environments)].filter((environment) => !named.includes(environment)).sort();
    if (forgotten.length > 0) {
        throw new Error(
            `hubspoke:rollout.steps: no step names ${forgotten.join(", ")}, but the hub has clusters there: Argo CD would ` +
                "never sync them. Add a step",
        );
    }
}
