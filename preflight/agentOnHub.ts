import * as pulumi from "@pulumi/pulumi";
import { type Application, deliveredTo, isAgents } from "../clusters/applications";
import type { ClusterAddress } from "../clusters/kubeconfig";
import { inClusterServer } from "../clusters/names";
import type { AgentOnHub } from "../components/account/hubRights";
import { agentKey } from "../settings/agentKey";
import { namespaceLimits } from "../settings/delivery";
import { inClusterName } from "../settings/environment";
import type { HubSettings } from "../settings/hub";
import { findNamespace } from "./namespaces";
import { outOfReachOnHub } from "./reach";

/** Limits of the agent's namespace on the hub: those that a spoke has by default. */
const limits = namespaceLimits.parse({});

/**
 * Whether the agent has a namespace and rights on the hub. Where `labels.deploy` says so no more, it keeps them until
 * Argo CD, which needs them for that, has removed the agent.
 *
 * @param applications all Applications of the hub
 * @throws Error that names Applications to which Argo CD on the hub would have no rights any more, and what to write
 */
export async function findAgentOnHub(
    hub: ClusterAddress,
    settings: Pick<HubSettings, "applications" | "labels" | "permissions">,
    stack: string,
    applications: readonly Application[],
): Promise<AgentOnHub | undefined> {
    const isWanted = settings.labels.deploy === "true";
    const itself = { argoCdName: inClusterName, server: inClusterServer };
    const delivered = deliveredTo(itself, applications);
    const problems = outOfReachOnHub(settings, isWanted, delivered);
    if (problems.length > 0) {
        throw new Error(problems.join("\n  "));
    }
    const isLeaving = !isWanted && delivered.some(isAgents);
    if (isLeaving) {
        await pulumi.log.warn(
            'hubspoke:labels.deploy: is "false", and Argo CD has not removed the agent from the hub yet. Its namespace and ' +
                "rights stay until then: run pulumi up again when the Application is gone",
        );
    }
    if (!isWanted && !isLeaving) {
        return undefined;
    }
    const agent = settings.applications.find(({ name }) => name === agentKey);
    if (agent === undefined) {
        throw new Error(
            "hubspoke:applications: agent is not in the settings any more, and Argo CD has not removed it from the hub yet. " +
                'Put it back with labels.deploy "false", and remove it when the Application is gone',
        );
    }
    const { namespace } = agent;
    const context = { at: "cluster", application: agentKey, namespace, stack, limits, shared: undefined };
    const adopted = await findNamespace(hub, context, false);
    return { namespace, limits, adopted };
}
