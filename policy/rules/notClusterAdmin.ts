import { z } from "zod";
import { at, listAt } from "../read";
import { rule } from "../rule";

const rbac = "kubernetes:rbac.authorization.k8s.io/v1:";

function isEverything(given: unknown): boolean {
    return ["verbs", "resources", "apiGroups"].every((key) => listAt(given, key).includes("*"));
}

export const notClusterAdmin = rule({
    name: "not-cluster-admin",
    description: "The program binds no subject to cluster-admin, or to a role that allows everything.",
    options: z.strictObject({}),
    check: ({ type, props }) => {
        if (type === `${rbac}ClusterRoleBinding` || type === `${rbac}RoleBinding`) {
            return at(props, "roleRef", "name") === "cluster-admin"
                ? ["binds cluster-admin. Name kinds in permissions.kinds, or remove permissions"]
                : [];
        }
        if (type === `${rbac}ClusterRole` || type === `${rbac}Role`) {
            return listAt(props, "rules").some(isEverything)
                ? ["allows every verb on everything, like cluster-admin. Name the kinds"]
                : [];
        }
        return [];
    },
});
