import { agentKey, selects } from "../../settings/applications";
import type { EnvironmentSettings, SpokeSettings } from "../../settings/environment";
import type { HubApplication, HubOutputs } from "../hubOutputs";

/** The labels of a cluster Secret by which an application's selector chooses clusters. */
export function selectableLabels(
    { environment }: Pick<EnvironmentSettings, "environment">,
    { labels }: Pick<SpokeSettings, "labels">,
): Record<string, string> {
    return { ...labels, environment };
}

/** The applications that have room on a cluster: those whose selector chooses it, unless they are to leave. */
export function chosenFor(
    hub: Pick<HubOutputs, "applications">,
    environment: Pick<EnvironmentSettings, "environment">,
    settings: Pick<SpokeSettings, "labels">,
): HubApplication[] {
    const labels = selectableLabels(environment, settings);
    return hub.applications.filter(({ deliver, selector }) => deliver && selects(selector, labels));
}

/**
 * Name of what the stack makes on a cluster for an application. The agent's is in the states of clusters; a name with a
 * dot is that of no other cluster and application.
 */
export function roomName(cluster: string, application: string): string {
    return application === agentKey ? `${cluster}-${application}` : `${cluster}.${application}`;
}
