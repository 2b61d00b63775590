import { z } from "zod";
import { at, listAt } from "../read";
import { rule } from "../rule";

const rbac = "kubernetes:rbac.authorization.k8s.io/v1:";

function isEverything(given: unknown): boolean {
    return ["verbs", "resources", "apiGroups"].every((key) => listAt(given, key).includes("*"));
}

export const notClusterAdmin = rule({
    name: "not-cluster-admin",
    description: "Nobody that the program binds is cluster-admin, by that name or by a role that allows everything.",
    options: z.strictObject({}),
    check: ({ type, props }) => {
        if (type === `${rbac}ClusterRoleBinding` || type === `${rbac}RoleBinding`) {
            return at(props, "roleRef", "name") === "cluster-admin"
                ? ["binds cluster-admin. Name kinds in permissions.kinds, or leave permissions to the default"]
                : [];
        }
        if (type === `${rbac}ClusterRole` || type === `${rbac}Role`) {
            return listAt(props, "rules").some(isEverything)
                ? ["allows every verb on everything, which is cluster-admin by another name. Name the kinds"]
                : [];
        }
        return [];
    },
});
