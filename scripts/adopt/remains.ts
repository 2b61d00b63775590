import { accountName } from "../../clusters/names";
import type { ClusterAddress } from "../../clusters/kubeconfig";
import { ask } from "../../clusters/request";

/** What `argocd cluster add` makes on a cluster (argo-cd 3.6.1, util/clusterauth/clusterauth.go). */
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

/** Objects of one `kubectl delete`, as `kind/name`. */
export interface Remains {
    /** Nothing for what has no namespace. */
    readonly namespace: string | undefined;
    readonly objects: readonly string[];
}

/**
 * Finds what `argocd cluster add` left on a cluster: its account in a namespace other than the program's, the account's
 * tokens, and the roles of its name.
 *
 * @returns what is there, bindings first; and what could not be asked for, where the rights do not suffice
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

/** What to tell of a cluster's remains: what they are, and the commands that remove them. */
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
                  `${cluster}: what \`argocd cluster add\` made there is left, and its token is valid for ever. Unless ` +
                      "another Argo CD uses it, remove it:",
                  ...commands,
              ]
            : []),
        ...(unseen.length > 0
            ? [
                  `${cluster}: these credentials may not list ${unseen.join(", ")}: look there as an administrator for ` +
                      `${role}, ${binding} and the account ${accountName} in kube-system`,
              ]
            : []),
    ];
}
