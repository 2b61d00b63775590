import { CustomResourcePatch } from "@pulumi/kubernetes/apiextensions";
import * as pulumi from "@pulumi/pulumi";
import { defaultProjectName } from "../../clusters/names";
import { takingOver } from "../support/takeOver";

export interface LockedDefaultProjectArgs {
    /** Argo CD's namespace on the hub, known when Argo CD exists. */
    readonly namespace: pulumi.Input<string>;
}

/**
 * Argo CD's AppProject `default`, which allows nothing any more (argo-cd, docs/user-guide/projects, "The Default
 * Project").
 *
 * argocd-server creates the project at its first start, maybe before and maybe after this resource: a Patch resource is
 * applied either way, and argocd-server leaves a project that exists as it is. The fields have no other owner then, so
 * they cannot be given up: a destroy leaves the project as it is, locked. It goes with Argo CD's namespace.
 */
export class LockedDefaultProject extends pulumi.ComponentResource {
    constructor(name: string, args: LockedDefaultProjectArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:LockedDefaultProject", name, {}, opts);

        new CustomResourcePatch(`${name}-appproject`, takingOver(lockedProject(args.namespace)), {
            parent: this,
            retainOnDelete: true,
        });
        this.registerOutputs();
    }
}

/** The AppProject as a Kubernetes object. */
function lockedProject(namespace: pulumi.Input<string>) {
    return {
        apiVersion: "argoproj.io/v1alpha1",
        kind: "AppProject",
        metadata: { name: defaultProjectName, namespace },
        spec: {
            description: "Locked: use a project of your own",
            sourceRepos: [],
            sourceNamespaces: [],
            destinations: [],
            clusterResourceWhitelist: [],
            namespaceResourceBlacklist: [{ group: "*", kind: "*" }],
        },
    };
}
