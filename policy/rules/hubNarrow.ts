import { z } from "zod";
import { partOfArgoCd } from "../../clusters/names";
import { at } from "../read";
import { rule } from "../rule";

const remedy = "Name kinds in permissions.kinds, or remove permissions";

/** Whether an object that a chart renders is Argo CD's, by its label. */
function isArgoCds(props: unknown): boolean {
    return Object.entries(partOfArgoCd).every(([key, value]) => at(props, "metadata", "labels", key) === value);
}

export const hubNarrow = rule({
    name: "hub-narrow",
    description: "Argo CD has no right on the whole hub by its chart, and the repo server has no token.",
    options: z.strictObject({}),
    check: ({ type, props }) => {
        if (type === "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding" && isArgoCds(props)) {
            return [`gives a component of Argo CD rights on the whole hub. ${remedy}`];
        }
        if (type === "kubernetes:apps/v1:Deployment" && at(props, "metadata", "name") === "argocd-repo-server") {
            return at(props, "spec", "template", "spec", "automountServiceAccountToken") === false
                ? []
                : ["mounts a token of the hub into the repo server, which runs what is in Git. Set automountServiceAccountToken"];
        }
        if (type === "kubernetes:helm.sh/v3:Release" && at(props, "name") === "argocd") {
            return at(props, "values", "createClusterRoles") === false
                ? []
                : [`gives Argo CD all rights on the hub, by createClusterRoles. ${remedy}`];
        }
        return [];
    },
});
