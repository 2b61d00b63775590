import { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from "@pulumi/kubernetes/rbac/v1";
import * as pulumi from "@pulumi/pulumi";
import { bindingSuffixes, kindsRoleOf, suffixed } from "../../clusters/names";
import type { Previewers } from "../../settings/previewers";
import rules from "./previewRules.json";

/** Name of the Roles and their bindings, if a namespace or the hub has only one. */
const roleName = "hubspoke-preview";

/** Rules of a ClusterRole, for cluster-scoped objects. */
type ClusterRules = "hub" | "cluster";

/** A namespace, and the rules that apply in it. */
export interface ReadableNamespace {
    readonly namespace: pulumi.Input<string>;
    readonly rules: Exclude<keyof typeof rules, ClusterRules>;
    /** Suffix of its Role's name, if the namespace can belong to another owner and already have a Role. */
    readonly role?: string;
}

/** The readable parts of a cluster. */
export interface Readable {
    /** Namespaces, by a name that does not change. */
    readonly namespaces: Readonly<Record<string, ReadableNamespace>>;
    /** Rules for cluster-scoped objects; none on a spoke on which the stack creates no such object. */
    readonly cluster?: {
        readonly rules: ClusterRules;
        readonly role?: string;
        /** Applications with rights on kinds in no namespace, each by a ClusterRole of its own. */
        readonly applications?: readonly string[];
    };
}

export interface PreviewAccessArgs {
    readonly previewers: Previewers;
    readonly readable: Readable;
}

/**
 * The rights to preview a stack and detect its drift, without a right to change anything. The right to get namespaces
 * in a Role applies only to the Role's namespace.
 */
export class PreviewAccess extends pulumi.ComponentResource {
    constructor(name: string, args: PreviewAccessArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:PreviewAccess", name, {}, opts);

        const apiGroup = "rbac.authorization.k8s.io";
        const subjects = [{ ...args.previewers, apiGroup }];
        const { cluster, namespaces } = args.readable;
        if (cluster !== undefined) {
            const metadata = { name: nameOf(cluster.role) };
            const role = new ClusterRole(`${name}-role`, { metadata, rules: clusterRules(cluster) }, { parent: this });
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

function clusterRules({ rules: which, applications = [] }: NonNullable<Readable["cluster"]>) {
    const names = applications.flatMap((application) => {
        const role = kindsRoleOf(application);
        return [role, `${role}-sync`, ...bindingSuffixes.map((suffix) => suffixed(role, suffix))];
    });
    return rules[which].map((rule) => {
        return "resourceNames" in rule && which === "cluster"
            ? { ...rule, resourceNames: [...(rule.resourceNames ?? []), ...names] }
            : rule;
    });
}

function nameOf(role: string | undefined): string {
    return role === undefined ? roleName : `${roleName}-${role}`;
}
