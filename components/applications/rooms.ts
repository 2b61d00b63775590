import { agentKey } from "../../settings/agentKey";
import { selects } from "../../settings/applications";
import type { EnvironmentSettings, SpokeSettings } from "../../settings/environment";
import type { HubApplication } from "../hubOutputs";

/** The applications that have room on a cluster: those whose selector chooses it, unless they are to leave. */
export function chosenFor<Chosen extends Pick<HubApplication, "deliver" | "selector">>(
    hub: { readonly applications: readonly Chosen[] },
    { environment }: Pick<EnvironmentSettings, "environment">,
    settings: Pick<SpokeSettings, "labels">,
): Chosen[] {
    const labels = { ...settings.labels, environment };
    return hub.applications.filter(({ deliver, selector }) => deliver && selects(selector, labels));
}

/**
 * Name of what the stack makes on a cluster for an application. The agent's is in the states of clusters; a name with a
 * dot is that of no other cluster and application.
 */
export function roomName(cluster: string, application: string): string {
    return application === agentKey ? `${cluster}-${application}` : `${cluster}.${application}`;
}
