import { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from "@pulumi/kubernetes/rbac/v1";
import * as pulumi from "@pulumi/pulumi";
import type { Permissions } from "../../settings/credentials";
import agentRules from "./agentRules.json";
import { onceMade } from "../support/onceMade";
import { takeOver } from "../support/takeOver";

/** The subject of a binding (rbac.authorization.k8s.io/v1, Subject). */
export interface Subject {
    readonly kind: "ServiceAccount" | "User" | "Group";
    readonly name: pulumi.Input<string>;
    readonly namespace?: pulumi.Input<string>;
    readonly apiGroup?: string;
}

export interface GrantsArgs {
    /** Name of the Roles and bindings on the cluster. */
    readonly roleName: string;
    readonly subjects: readonly Subject[];
    /** Suffix of the bindings' names, so that other subjects keep theirs during a change of the credential. */
    readonly suffix?: string;
    /** Namespaces that Argo CD may manage: the plain name as key, the existing namespace's name as value. */
    readonly namespaces: Readonly<Record<string, pulumi.Input<string>>>;
    readonly permissions: Permissions;
    /** Whether Argo CD may read the logs of pods. */
    readonly logs: boolean;
}

const rbac = "rbac.authorization.k8s.io";
const delivering = ["get", "list", "watch", "create", "update", "patch", "delete"];

/** The right that `logs` adds. */
export const readingLogs = { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] };

/**
 * Argo CD's rights on a cluster: in each managed namespace only what the agent's chart needs, or, if the settings
 * request it explicitly, logs, kinds of the whole cluster or the whole cluster. Rights that were changed by hand are
 * restored.
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
                : Object.entries(args.namespaces).flatMap(([key, target]) =>
                      this.oneNamespace(`${name}-${key}`, target, args),
                  );
        this.versions = made.map((object) => onceMade(object, object.metadata.resourceVersion));
        this.times = made.map((object) => onceMade(object, object.metadata.creationTimestamp));
        this.registerOutputs();
    }

    private oneNamespace(name: string, namespace: pulumi.Input<string>, args: GrantsArgs) {
        const { roleName, suffix, subjects, logs } = args;
        const metadata = { name: roleName, namespace, annotations: takeOver };
        const role = new Role(`${name}-role`, { metadata, rules: rulesWith(logs) }, { parent: this });
        const binding = {
            metadata: { ...metadata, name: suffixed(roleName, suffix) },
            roleRef: { apiGroup: rbac, kind: "Role", name: role.metadata.name },
            subjects: [...subjects],
        };
        return [role, new RoleBinding(suffixed(`${name}-binding`, suffix), binding, { parent: this })];
    }

    private wholeCluster(name: string, { roleName, suffix, subjects, permissions, logs }: GrantsArgs) {
        const metadata = { name: roleName, annotations: takeOver };
        const bind = (role: pulumi.Input<string>) => {
            const binding = {
                metadata: { ...metadata, name: suffixed(roleName, suffix) },
                roleRef: { apiGroup: rbac, kind: "ClusterRole", name: role },
                subjects: [...subjects],
            };
            return new ClusterRoleBinding(suffixed(`${name}-binding`, suffix), binding, { parent: this });
        };
        if (permissions.admin) {
            return [bind("cluster-admin")];
        }
        const rules = [...rulesWith(logs), ...kindRules(permissions)];
        const role = new ClusterRole(`${name}-role`, { metadata, rules }, { parent: this });
        return [role, bind(role.metadata.name)];
    }
}

function suffixed(name: string, suffix: string | undefined): string {
    return suffix === undefined ? name : `${name}-${suffix}`;
}

/** Rules for the kinds that the settings list. */
export function kindRules({ kinds }: Permissions) {
    return kinds.map(({ apiGroup, resources }) => ({ apiGroups: [apiGroup], resources, verbs: delivering }));
}

function rulesWith(logs: boolean) {
    return logs ? [...agentRules, readingLogs] : agentRules;
}
