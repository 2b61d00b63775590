import { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from "@pulumi/kubernetes/rbac/v1";
import * as pulumi from "@pulumi/pulumi";
import type { Previewers } from "../../settings/previewers";
import rules from "./previewRules.json";

/** Name of the Roles and their bindings. */
const roleName = "hubspoke-preview";

/** A namespace, and which of the rules hold in it. */
export interface ReadableNamespace {
    readonly namespace: pulumi.Input<string>;
    readonly rules: Exclude<keyof typeof rules, "hub">;
}

export interface PreviewAccessArgs {
    readonly previewers: Previewers;
    /** Namespaces that may be read, by a name that stays. */
    readonly namespaces: Readonly<Record<string, ReadableNamespace>>;
    /** Whether the cluster is the hub, of which some objects are in no namespace. */
    readonly hub: boolean;
}

/**
 * What somebody needs who previews a stack and looks for its drift, without a right to change anything. A Role that
 * allows to get namespaces means the one that it is in.
 */
export class PreviewAccess extends pulumi.ComponentResource {
    constructor(name: string, args: PreviewAccessArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:PreviewAccess", name, {}, opts);

        const apiGroup = "rbac.authorization.k8s.io";
        const subjects = [{ ...args.previewers, apiGroup }];
        if (args.hub) {
            const metadata = { name: roleName };
            const role = new ClusterRole(`${name}-role`, { metadata, rules: rules.hub }, { parent: this });
            const roleRef = { apiGroup, kind: "ClusterRole", name: role.metadata.name };
            new ClusterRoleBinding(`${name}-binding`, { metadata, roleRef, subjects }, { parent: this });
        }
        for (const [key, readable] of Object.entries(args.namespaces)) {
            const metadata = { name: roleName, namespace: readable.namespace };
            const role = new Role(`${name}-${key}-role`, { metadata, rules: rules[readable.rules] }, { parent: this });
            const roleRef = { apiGroup, kind: "Role", name: role.metadata.name };
            new RoleBinding(`${name}-${key}-binding`, { metadata, roleRef, subjects }, { parent: this });
        }
        this.registerOutputs();
    }
}
