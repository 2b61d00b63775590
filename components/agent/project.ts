import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as pulumi from "@pulumi/pulumi";
import type { AgentSettings } from "../../settings/agent";
import type { HubSettings } from "../../settings/hub";
import { takingOver } from "../support/takeOver";
import type { SourceIntegritySettings } from "../../settings/sourceIntegrity";
import { syncWindows } from "./rollout";
import { signatureDemand } from "./signatures";

export interface AgentProjectArgs {
    /** Argo CD's namespace on the hub. */
    readonly namespace: pulumi.Input<string>;
    readonly agent: AgentSettings;
    readonly syncWindows: HubSettings["syncWindows"];
    readonly sourceIntegrity: SourceIntegritySettings;
    /** Argo CD's version, such as `v3.4.4`. */
    readonly argoCdVersion: pulumi.Output<string | undefined>;
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

        const { sourceIntegrity, argoCdVersion } = args;
        const project = agentProject(args.namespace, args.agent, args.syncWindows);
        const demand = sourceIntegrity && argoCdVersion.apply((version) => signatureDemand(sourceIntegrity, version));
        const made = new CustomResource(
            `${name}-appproject`,
            // Argo CD's user interface writes the whole object back.
            takingOver({
                ...project,
                ...(demand && { spec: demand.apply((demanded) => ({ ...project.spec, ...demanded })) }),
            }),
            { parent: this },
        );
        this.projectName = made.metadata.name;
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
