import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as pulumi from "@pulumi/pulumi";
import { accountName } from "../../clusters/names";
import { agentKey } from "../../settings/agentKey";
import { type ApplicationSettings, urlsOf } from "../../settings/applications";
import type { HubSettings } from "../../settings/hub";
import type { Impersonation } from "../../settings/impersonation";
import { takingOver } from "../support/takeOver";
import type { SourceIntegritySettings } from "../../settings/sourceIntegrity";
import { syncWindows } from "./rollout";
import { signatureDemand } from "./signatures";

export interface ApplicationProjectArgs {
    /** Argo CD's namespace on the hub. */
    readonly namespace: pulumi.Input<string>;
    readonly application: ApplicationSettings;
    readonly syncWindows: HubSettings["syncWindows"];
    readonly sourceIntegrity: SourceIntegritySettings;
    readonly impersonation: Impersonation;
    /** Argo CD's version, such as `v3.4.4`. */
    readonly argoCdVersion: pulumi.Output<string | undefined>;
}

/**
 * The AppProject of one application: its repositories, its namespace, and its kinds.
 *
 * The hub does not know the clusters in advance, so the destination allows any server. What Argo CD may change on a
 * cluster is limited there: by the namespaces in its cluster Secret, and by the account's rights.
 */
export class ApplicationProject extends pulumi.ComponentResource {
    /** The AppProject's name. */
    readonly projectName: pulumi.Output<string>;

    constructor(name: string, args: ApplicationProjectArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:AgentProject", name, {}, opts);

        const { sourceIntegrity, argoCdVersion } = args;
        const project = applicationProject(args.namespace, args.application, args);
        const demand =
            isInGit(args.application) &&
            sourceIntegrity &&
            argoCdVersion.apply((version) => signatureDemand(sourceIntegrity, version));
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

/** The description of an application's AppProject, by which a later run knows that it is the program's. */
export function descriptionOf(application: string): string {
    return `${application === agentKey ? "The agent" : `The application ${application}`}, in its namespace on every cluster`;
}

/** The AppProject as a Kubernetes object. */
export function applicationProject<Text extends pulumi.Input<string>>(
    namespace: Text,
    application: ApplicationSettings,
    { syncWindows: windows, impersonation }: Pick<HubSettings, "impersonation" | "syncWindows">,
) {
    const { name, source, clusterKinds } = application;
    const all = syncWindows(name, windows);
    const defaultServiceAccount = `${accountName}:${name}`;
    return {
        apiVersion: "argoproj.io/v1alpha1",
        kind: "AppProject",
        metadata: { name, namespace },
        spec: {
            description: descriptionOf(name),
            sourceRepos: urlsOf(source),
            destinations: [{ server: "*", namespace: application.namespace }],
            clusterResourceWhitelist: clusterKinds.map(({ group, kind }) => ({ group, kind })),
            ...(all.length === 0 ? {} : { syncWindows: all }),
            ...(impersonation !== "off" && {
                destinationServiceAccounts: [{ server: "*", namespace: application.namespace, defaultServiceAccount }],
            }),
        },
    };
}

/** Whether Argo CD can verify signatures of all sources: those of commits. */
function isInGit({ source }: ApplicationSettings): boolean {
    return "repository" in source;
}
