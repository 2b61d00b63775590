import type { PlannedObject, Rule } from "./objects";
import type { Planned } from "./program";

/** A right to ask the API server for (authorization.k8s.io/v1, SelfSubjectAccessReview). */
export interface Right {
    readonly verb: string;
    readonly group: string;
    /** The plural, with a subresource after a slash. */
    readonly resource: string;
    readonly namespace?: string | undefined;
    readonly name?: string | undefined;
}

/** A right, or one that stands for it: who may `escalate` or `bind` need not hold what is granted. */
export interface Need extends Right {
    readonly or?: Right | undefined;
    /** Whether the stack grants the right to Argo CD, and does not use it itself. */
    readonly granted: boolean;
}

/** Resource and scope of a kind. */
export type ResourceOf = (object: Pick<PlannedObject, "group" | "version" | "kind">) => {
    readonly resource: string;
    readonly namespaced: boolean;
};

const rbac = "rbac.authorization.k8s.io";

/** What Pulumi's provider does with an object between its creation and its removal. */
const ownVerbs = ["create", "get", "patch", "delete"];

/** The rights to make, change and remove these objects. A name is not known to the API server at a creation. */
export function needsOf(objects: readonly PlannedObject[], resourceOf: ResourceOf): Need[] {
    const own = new Set(objects.filter(({ group }) => group === rbac).map(({ kind, name }) => `${kind}/${name}`));
    return objects.flatMap((object) => {
        const { resource, namespaced } = resourceOf(object);
        const { group, name, namespace, read, rules, roleRef } = object;
        const place = { group, resource, namespace: namespaced ? namespace : undefined };
        const verbs = read ? ["get"] : ownVerbs;
        const uses = verbs.map((verb) => {
            return { verb, ...place, name: verb === "create" ? undefined : name, granted: false };
        });
        const escalate = { ...place, verb: "escalate", name };
        const grants = rules.flatMap(rightsIn).map((right) => {
            return { ...right, namespace: place.namespace, granted: true, or: escalate };
        });
        const isForeign = roleRef !== undefined && !own.has(`${roleRef.kind}/${roleRef.name}`);
        return [...uses, ...grants, ...(isForeign ? [bindingTo(roleRef, place.namespace)] : [])];
    });
}

/** A role that the stack does not make: whoever may do everything may bind it too. */
function bindingTo({ kind, name }: NonNullable<PlannedObject["roleRef"]>, namespace: string | undefined): Need {
    const resource = `${kind.toLowerCase()}s`;
    return { verb: "bind", group: rbac, resource, name, namespace, granted: true, or: everything };
}

/** Every right, which `cluster-admin` has. */
export const everything: Right = { verb: "*", group: "*", resource: "*" };

function rightsIn({ verbs, apiGroups = [], resources = [], resourceNames }: Rule): Right[] {
    const names = resourceNames === undefined || resourceNames.length === 0 ? [undefined] : resourceNames;
    return verbs.flatMap((verb) =>
        apiGroups.flatMap((group) =>
            resources.flatMap((resource) => names.map((name) => ({ verb, group, resource, name }))),
        ),
    );
}

/** What is read of the inputs of the dynamic resources. */
interface DynamicInputs {
    readonly namespace?: string;
    readonly project?: string;
    readonly cluster?: string;
    readonly account?: string;
    readonly token?: { readonly namespace?: string; readonly account?: string };
}

/**
 * The rights that the dynamic resources use by themselves (`dynamic/`), by the cluster: they are no objects of the
 * plan.
 *
 * @param argoCd Argo CD's namespace on the hub
 */
export function dynamicNeeds(
    resources: readonly Planned[],
    argoCd: string,
): { readonly cluster: string; readonly need: Need }[] {
    return resources.flatMap(({ type, inputs }) => {
        const kind = /^pulumi-nodejs:dynamic\/hubspoke:(\w+)$/.exec(type)?.[1];
        const { namespace, project, cluster = "", account, token } = inputs as DynamicInputs;
        const spoke = `clusters.${cluster}`;
        const on = (where: string, rights: readonly Right[]) =>
            rights.map((right) => ({ cluster: where, need: { ...right, granted: false } }));
        const each = (verbs: readonly string[], group: string, resource: string): Right[] =>
            verbs.map((verb) => ({ verb, group, resource, namespace: argoCd }));
        switch (kind) {
            case "connection":
                return on("hub", [
                    ...each(["create", "get", "delete"], "argoproj.io", "applications"),
                    { verb: "get", group: "argoproj.io", resource: "appprojects", namespace: argoCd, name: project },
                ]);
            case "drain":
                return on("hub", [
                    ...each(["list", "patch", "delete"], "argoproj.io", "applications"),
                    ...each(["patch"], "", "secrets"),
                ]);
            case "guard":
                return on("hub", [...each(["list"], "argoproj.io", "applications"), ...each(["list"], "", "secrets")]);
            case "boundToken":
                return on(spoke, [tokenOf(namespace, account)]);
            case "access":
                return token === undefined
                    ? []
                    : on(spoke, [
                          token.account === undefined
                              ? { verb: "get", group: "", resource: "secrets", namespace: token.namespace }
                              : tokenOf(token.namespace, token.account),
                      ]);
            case undefined:
            default:
                return [];
        }
    });
}

function tokenOf(namespace: string | undefined, account: string | undefined): Right {
    return { verb: "create", group: "", resource: "serviceaccounts/token", namespace, name: account };
}
