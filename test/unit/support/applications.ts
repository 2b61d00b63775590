import { hubApplication, type HubApplication } from "../../../components/hubOutputs";
import { parseSettings } from "../../../settings";
import type { ApplicationSettings } from "../../../settings/applications";
import type { HubSettings } from "../../../settings/hub";

export const agentSource = { repository: "https://git.example.com/agent.git" };

/** A chart in a registry, with values from Git. */
export const retriever = {
    chart: "oci://ghcr.io/example/charts/retriever",
    version: "1.4.2",
    values: { repository: "https://git.example.com/deploy.git", path: "retriever" },
    namespace: "retriever",
    selector: { gpu: "true" },
};

/** A chart from a Helm repository, with kinds of the whole cluster. */
const monitoring = {
    chart: "https://charts.example.com/monitoring",
    version: "2.0.0",
    namespace: "monitoring",
    valuesObject: { all: { replicas: 1, hosts: ["a"] }, environments: { prod: { replicas: 3, hosts: ["{{ b }}"] } } },
    clusterKinds: [{ group: "apiextensions.k8s.io", kind: "CustomResourceDefinition", resource: "customresourcedefinitions" }],
};

/** The settings of a hub with three applications of different kinds. */
export const three = { agent: agentSource, applications: { retriever, monitoring } };

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
