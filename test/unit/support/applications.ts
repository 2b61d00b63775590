import { hubApplication, type HubApplication } from "../../../components/hubOutputs";
import { parseSettings } from "../../../settings";
import type { ApplicationSettings } from "../../../settings/applications";
import type { HubSettings } from "../../../settings/hub";

export const agentSource = { repository: "https://git.example.com/agent.git" };

/** The applications of a hub's stack file with these settings; by default the agent alone. */
export function applicationsIn(given: object = { agent: agentSource }): ApplicationSettings[] {
    const settings = parseSettings({ role: "hub", cluster: { context: "hub" }, domain: "example.com", ...given });
    return (settings as HubSettings).applications;
}

/** The agent, with settings that differ from the defaults. */
export function theAgent(given: object = {}): ApplicationSettings {
    const [agent] = applicationsIn({ agent: { ...agentSource, ...given } });
    if (agent === undefined) {
        throw new Error("there is no agent");
    }
    return agent;
}

/** Applications as an environment's stack reads them; by default the agent alone. */
export function hubApplications(given?: object): HubApplication[] {
    return applicationsIn(given).map(hubApplication);
}
