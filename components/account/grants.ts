import { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from "@pulumi/kubernetes/rbac/v1";
import * as pulumi from "@pulumi/pulumi";
import { accountName, type BindingSuffix, kindsRoleOf, suffixed } from "../../clusters/names";
import type { Permissions } from "../../settings/credentials";
import { delivering, type PolicyRule } from "./rules";
import { onceMade } from "../support/onceMade";
import { takeOver } from "../support/takeOver";

/** The subject of a binding (rbac.authorization.k8s.io/v1, Subject). */
export interface Subject {
    readonly kind: "ServiceAccount" | "User" | "Group";
    readonly name: pulumi.Input<string>;
    readonly namespace?: pulumi.Input<string>;
    readonly apiGroup?: string;
}

/** An application's namespace on a cluster, and Argo CD's rights there. */
export interface Room {
    /** Part of the logical names of its resources; the states of clusters contain it. */
    readonly key: string;
    /** The application's name. */
    readonly application: string;
    /** Name of the existing namespace. */
    readonly namespace: pulumi.Input<string>;
    readonly rules: readonly PolicyRule[];
    /** Kinds in no namespace that the application's chart creates. */
    readonly clusterKinds: readonly { readonly group: string; readonly resource: string }[];
}

/** A namespace that Argo CD manages beside the applications' own, and its rights there. */
export type Beside = Pick<Room, "key" | "rules"> & { readonly namespace: string };

export interface GrantsArgs {
    readonly subjects: readonly Subject[];
    /** Of the bindings' names; undefined for an account on the cluster. */
    readonly suffix?: BindingSuffix;
    /** Namespaces that Argo CD may manage. */
    readonly rooms: readonly Room[];
    /** Those in `permissions.namespaces` that are no room. */
    readonly beside: readonly Beside[];
    readonly permissions: Permissions;
    /** Whether Argo CD may read the logs of pods. */
    readonly logs: boolean;
}

const rbac = "rbac.authorization.k8s.io";

/** The right that `logs` adds. */
export const readingLogs = { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] };

/**
 * Argo CD's rights on a cluster: in each managed namespace only what its application's chart needs, and, if the
 * settings request it explicitly, logs, listed kinds on the whole cluster, or everything there. Rights that were
 * changed by hand are restored.
 */
export class Grants extends pulumi.ComponentResource {
    /** Versions of the Roles and bindings: they change with the rights. */
    readonly versions: pulumi.Output<string>[];
    /** Times at which they were created, as RFC 3339. */
    readonly times: pulumi.Output<string>[];

    constructor(name: string, args: GrantsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:Grants", name, {}, opts);

        const made =
            args.permissions.scope === "cluster"
                ? this.wholeCluster(name, args)
                : args.rooms.flatMap((room) => [
                      ...this.oneNamespace(`${name}${room.key}`, room, args),
                      ...this.clusterKinds(`${name}${room.key}`, room, args),
                  ]);
        this.versions = made.map((object) => onceMade(object, object.metadata.resourceVersion));
        this.times = made.map((object) => onceMade(object, object.metadata.creationTimestamp));
        this.registerOutputs();
    }

    private oneNamespace(name: string, { namespace, rules }: Pick<Room, "namespace" | "rules">, args: GrantsArgs) {
        const { suffix, subjects, logs } = args;
        const metadata = { name: accountName, namespace, annotations: takeOver };
        const role = new Role(`${name}-role`, { metadata, rules: rulesWith(rules, logs) }, { parent: this });
        const binding = {
            metadata: { ...metadata, name: suffixed(accountName, suffix) },
            roleRef: { apiGroup: rbac, kind: "Role", name: role.metadata.name },
            subjects: [...subjects],
        };
        return [role, new RoleBinding(suffixed(`${name}-binding`, suffix), binding, { parent: this })];
    }

    private clusterKinds(name: string, { application, clusterKinds }: Room, args: GrantsArgs) {
        if (clusterKinds.length === 0) {
            return [];
        }
        const kinds = clusterKinds.map(({ group, resource }) => ({ apiGroup: group, resources: [resource] }));
        return this.onCluster(`${name}-kinds`, kindsRoleOf(application), kindRules({ kinds }), args);
    }

    /**
     * On the whole cluster only what the settings list; what the charts need, in their namespaces alone. Argo CD lists
     * each namespace of its cluster Secret by itself, so it needs no more.
     */
    private wholeCluster(name: string, args: GrantsArgs) {
        const { permissions, rooms, beside } = args;
        if (permissions.admin) {
            return [this.bind(name, accountName, "cluster-admin", args)];
        }
        const inNamespaces = [...rooms, ...beside].flatMap((one) => this.oneNamespace(`${name}${one.key}`, one, args));
        const kinds = rooms.flatMap(({ clusterKinds }) =>
            clusterKinds.map(({ group, resource }) => ({ apiGroup: group, resources: [resource] })),
        );
        const rules = [...kindRules(permissions), ...kindRules({ kinds })];
        // An earlier version had the charts' rules in the ClusterRole: they leave it when the Roles are there.
        return [...inNamespaces, ...this.onCluster(name, accountName, rules, args, inNamespaces)];
    }

    private onCluster(
        name: string,
        roleName: string,
        rules: PolicyRule[],
        args: GrantsArgs,
        dependsOn: pulumi.Resource[] = [],
    ) {
        const metadata = { name: roleName, annotations: takeOver };
        const role = new ClusterRole(`${name}-role`, { metadata, rules }, { parent: this, dependsOn });
        return [role, this.bind(name, roleName, role.metadata.name, args)];
    }

    private bind(name: string, roleName: string, role: pulumi.Input<string>, { suffix, subjects }: GrantsArgs) {
        const binding = {
            metadata: { name: suffixed(roleName, suffix), annotations: takeOver },
            roleRef: { apiGroup: rbac, kind: "ClusterRole", name: role },
            subjects: [...subjects],
        };
        return new ClusterRoleBinding(suffixed(`${name}-binding`, suffix), binding, { parent: this });
    }
}

/** Rules for the kinds that the settings list. */
export function kindRules({ kinds }: Pick<Permissions, "kinds">): PolicyRule[] {
    return kinds.map(({ apiGroup, resources }) => ({ apiGroups: [apiGroup], resources, verbs: delivering }));
}

function rulesWith(rules: readonly PolicyRule[], logs: boolean): PolicyRule[] {
    return logs ? [...rules, readingLogs] : [...rules];
}
