import { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from "@pulumi/kubernetes/rbac/v1";
import * as pulumi from "@pulumi/pulumi";
import type { Previewers } from "../../settings/previewers";
import rules from "./previewRules.json";

/** Name of the Roles and their bindings, where a namespace or the hub has one alone. */
const roleName = "hubspoke-preview";

/** Rules of a ClusterRole, for what is in no namespace. */
type ClusterRules = "hub" | "cluster";

/** A namespace, and which of the rules hold in it. */
export interface ReadableNamespace {
    readonly namespace: pulumi.Input<string>;
    readonly rules: Exclude<keyof typeof rules, ClusterRules>;
    /** What the name of its Role ends with, where the namespace may be another's that has a Role already. */
    readonly role?: string;
}

/** What may be read of a cluster. */
export interface Readable {
    /** Namespaces, by a name that stays. */
    readonly namespaces: Readonly<Record<string, ReadableNamespace>>;
    /** Which rules hold for what is in no namespace; none on a spoke where the stack makes nothing of that kind. */
    readonly cluster?: { readonly rules: ClusterRules; readonly role?: string };
}

export interface PreviewAccessArgs {
    readonly previewers: Previewers;
    readonly readable: Readable;
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
        const { cluster, namespaces } = args.readable;
        if (cluster !== undefined) {
            const metadata = { name: nameOf(cluster.role) };
            const role = new ClusterRole(`${name}-role`, { metadata, rules: rules[cluster.rules] }, { parent: this });
            const roleRef = { apiGroup, kind: "ClusterRole", name: role.metadata.name };
            new ClusterRoleBinding(`${name}-binding`, { metadata, roleRef, subjects }, { parent: this });
        }
        for (const [key, readable] of Object.entries(namespaces)) {
            const metadata = { name: nameOf(readable.role), namespace: readable.namespace };
            const role = new Role(`${name}-${key}-role`, { metadata, rules: rules[readable.rules] }, { parent: this });
            const roleRef = { apiGroup, kind: "Role", name: role.metadata.name };
            new RoleBinding(`${name}-${key}-binding`, { metadata, roleRef, subjects }, { parent: this });
        }
        this.registerOutputs();
    }
}

function nameOf(role: string | undefined): string {
    return role === undefined ? roleName : `${roleName}-${role}`;
}
