import { ServiceAccount } from "@pulumi/kubernetes/core/v1";
import { ClusterRoleBinding, Role, RoleBinding } from "@pulumi/kubernetes/rbac/v1";
import * as pulumi from "@pulumi/pulumi";
import { accountName, kindsRoleOf, suffixed } from "../../clusters/names";
import { takeOver } from "../support/takeOver";
import type { Grants, GrantsArgs, Room } from "./grants";

/** `subjects`: who Argo CD is on the cluster, where it acts as the accounts. */
export interface SyncAccountsArgs extends Pick<GrantsArgs, "subjects" | "suffix"> {
    /** Namespace of the accounts, in which nothing is delivered. */
    readonly namespace: pulumi.Input<string>;
    readonly rooms: readonly Room[];
    /** Argo CD's own rights, whose Role in each application's namespace the accounts have too. */
    readonly grants: Grants;
}

/** Name of the Roles and bindings. */
const roleName = `${accountName}-sync`;

/**
 * An account without a token for each application, as which Argo CD syncs it (argo-cd, docs/operator-manual/
 * app-sync-using-impersonation.md): what one application's chart contains is never applied with another's rights.
 */
export class SyncAccounts extends pulumi.ComponentResource {
    constructor(name: string, args: SyncAccountsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:SyncAccounts", name, {}, opts);

        const { namespace, rooms, subjects, suffix, grants } = args;
        const apiGroup = "rbac.authorization.k8s.io";
        const after = { parent: this, dependsOn: [grants] };
        for (const { application, namespace: room, clusterKinds } of rooms) {
            const metadata = { name: application, namespace, annotations: takeOver };
            const account = new ServiceAccount(
                `${name}.${application}-account`,
                { metadata, automountServiceAccountToken: false },
                { parent: this },
            );
            const itself = { kind: "ServiceAccount", name: account.metadata.name, namespace };
            new RoleBinding(
                `${name}.${application}-binding`,
                {
                    metadata: { name: roleName, namespace: room, annotations: takeOver },
                    roleRef: { apiGroup, kind: "Role", name: accountName },
                    subjects: [itself],
                },
                after,
            );
            if (clusterKinds.length > 0) {
                const kindsRole = kindsRoleOf(application);
                new ClusterRoleBinding(
                    `${name}.${application}-kinds-binding`,
                    {
                        metadata: { name: `${kindsRole}-sync`, annotations: takeOver },
                        roleRef: { apiGroup, kind: "ClusterRole", name: kindsRole },
                        subjects: [itself],
                    },
                    after,
                );
            }
        }
        const role = new Role(
            `${name}-role`,
            {
                metadata: { name: roleName, namespace, annotations: takeOver },
                rules: [
                    {
                        apiGroups: [""],
                        resources: ["serviceaccounts"],
                        resourceNames: rooms.map(({ application }) => application),
                        verbs: ["impersonate"],
                    },
                ],
            },
            { parent: this },
        );
        new RoleBinding(
            suffixed(`${name}-binding`, suffix),
            {
                metadata: { name: suffixed(roleName, suffix), namespace, annotations: takeOver },
                roleRef: { apiGroup, kind: "Role", name: role.metadata.name },
                subjects: [...subjects],
            },
            { parent: this },
        );
        this.registerOutputs();
    }
}
