import { accountName } from "../../clusters/names";
import type { ClusterAddress } from "../../clusters/kubeconfig";
import { ask } from "../../clusters/request";

/** The objects that `argocd cluster add` creates on a cluster (argo-cd 3.6.1, util/clusterauth/clusterauth.go). */
const role = "argocd-manager-role";
const binding = "argocd-manager-role-binding";

interface List {
    readonly items: readonly {
        readonly metadata: {
            readonly name: string;
            readonly namespace?: string;
            readonly annotations?: Readonly<Record<string, string>>;
        };
    }[];
}

/** Objects for one `kubectl delete`, as `kind/name`. */
export interface Remains {
    /** Undefined for cluster-scoped objects. */
    readonly namespace: string | undefined;
    readonly objects: readonly string[];
}

/**
 * Finds the objects that `argocd cluster add` left on a cluster: its account in another namespace than the program's,
 * the account's tokens, and the roles with its name.
 *
 * @returns the objects, bindings first; and the kinds that the credentials may not list
 */
export async function findRemains(spoke: ClusterAddress): Promise<{ remains: Remains[]; unseen: string[] }> {
    const unseen: string[] = [];
    const list = async (what: string, path: string) => {
        const { status, body } = await ask(spoke, path);
        if (status !== 200) {
            unseen.push(what);
        }
        return status === 200 ? (JSON.parse(body) as List).items.map(({ metadata }) => metadata) : [];
    };
    const named = (name: string) => `?fieldSelector=${encodeURIComponent(`metadata.name=${name}`)}`;
    const rbac = "apis/rbac.authorization.k8s.io/v1";
    const wide = [
        ...(await list("ClusterRoleBindings", `${rbac}/clusterrolebindings${named(binding)}`)).map(
            ({ name }) => `clusterrolebinding/${name}`,
        ),
        ...(await list("ClusterRoles", `${rbac}/clusterroles${named(role)}`)).map(({ name }) => `clusterrole/${name}`),
    ];
    const byNamespace = new Map<string, string[]>();
    const add = (namespace = "", object: string) =>
        byNamespace.set(namespace, [...(byNamespace.get(namespace) ?? []), object]);
    for (const { name, namespace } of await list("RoleBindings", `${rbac}/rolebindings${named(binding)}`)) {
        add(namespace, `rolebinding/${name}`);
    }
    for (const { name, namespace } of await list("Roles", `${rbac}/roles${named(role)}`)) {
        add(namespace, `role/${name}`);
    }
    for (const { name, namespace } of await list("ServiceAccounts", `api/v1/serviceaccounts${named(accountName)}`)) {
        if (namespace !== accountName) {
            const type = encodeURIComponent("type=kubernetes.io/service-account-token");
            const tokens = await list("Secrets", `api/v1/namespaces/${namespace}/secrets?fieldSelector=${type}`);
            for (const token of tokens) {
                if (token.annotations?.["kubernetes.io/service-account.name"] === name) {
                    add(namespace, `secret/${token.name}`);
                }
            }
            add(namespace, `serviceaccount/${name}`);
        }
    }
    const remains = [...byNamespace].map(([namespace, objects]) => ({ namespace, objects }));
    return { remains: [...(wide.length > 0 ? [{ namespace: undefined, objects: wide }] : []), ...remains], unseen };
}

/** The message about a cluster's remains, with the commands that delete them. */
export function describeRemains(
    cluster: string,
    context: string | undefined,
    { remains, unseen }: { readonly remains: readonly Remains[]; readonly unseen: readonly string[] },
): string[] {
    const kubectl = `kubectl${context === undefined ? "" : ` --context ${context}`}`;
    const commands = remains.map(
        ({ namespace, objects }) =>
            `  ${kubectl}${namespace === undefined ? "" : ` --namespace ${namespace}`} delete ${objects.join(" ")}`,
    );
    return [
        ...(remains.length > 0
            ? [
                  `${cluster}: objects of \`argocd cluster add\` remain there, and their token never expires. Delete ` +
                      "them, unless another Argo CD uses them:",
                  ...commands,
              ]
            : []),
        ...(unseen.length > 0
            ? [
                  `${cluster}: these credentials may not list ${unseen.join(", ")}. As an administrator, look there for ` +
                      `${role}, ${binding} and the account ${accountName} in kube-system`,
              ]
            : []),
    ];
}
