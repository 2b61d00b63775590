import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as pulumi from "@pulumi/pulumi";
import type { AgentSettings } from "../../settings/agent";
import type { HubSettings } from "../../settings/hub";
import { takingOver } from "../support/takeOver";
import { syncWindows } from "./rollout";

export interface AgentProjectArgs {
    /** Argo CD's namespace on the hub. */
    readonly namespace: pulumi.Input<string>;
    readonly agent: AgentSettings;
    readonly syncWindows: HubSettings["syncWindows"];
}

/**
 * The AppProject of the agent: its repository, its namespace, and the clusters that are scoped to it.
 *
 * The hub does not know the clusters in advance, so the destinations allow any server, and
 * `permitOnlyProjectScopedClusters` limits them to cluster Secrets with this project.
 */
export class AgentProject extends pulumi.ComponentResource {
    /** The AppProject's name, which every cluster Secret contains. */
    readonly projectName: pulumi.Output<string>;

    constructor(name: string, args: AgentProjectArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:AgentProject", name, {}, opts);

        const project = new CustomResource(
            `${name}-appproject`,
            // Argo CD's user interface writes the whole object back.
            takingOver(agentProject(args.namespace, args.agent, args.syncWindows)),
            { parent: this },
        );
        this.projectName = project.metadata.name;
        this.registerOutputs({ projectName: this.projectName });
    }
}

/** The AppProject as a Kubernetes object. */
export function agentProject<Text extends pulumi.Input<string>>(
    namespace: Text,
    agent: AgentSettings,
    windows: HubSettings["syncWindows"],
) {
    const all = syncWindows(windows);
    return {
        apiVersion: "argoproj.io/v1alpha1",
        kind: "AppProject",
        metadata: { name: "agent", namespace },
        spec: {
            description: "The agent on every cluster that is scoped to this project",
            sourceRepos: [agent.repository],
            destinations: [{ server: "*", namespace: agent.namespace }],
            permitOnlyProjectScopedClusters: true,
            clusterResourceWhitelist: [],
            ...(all.length === 0 ? {} : { syncWindows: all }),
        },
    };
}
