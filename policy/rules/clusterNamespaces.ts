import { z } from "zod";
import { argoCdNamespace } from "../../clusters/names";
import { isClusterSecret, secretText } from "../read";
import { rule } from "../rule";

export const clusterNamespaces = rule({
    name: "cluster-namespaces",
    description: "Every cluster Secret lists the namespaces that Argo CD manages there, and a project's has none of Argo CD.",
    options: z.strictObject({}),
    check: ({ type, props }) => {
        if (!isClusterSecret({ type, props })) {
            return [];
        }
        const namespaces = (secretText(props, "namespaces") ?? "").split(",").filter((name) => name !== "");
        const isScoped = (secretText(props, "project") ?? "") !== "";
        return [
            ...(namespaces.length === 0
                ? ["lists no namespace, and for Argo CD that means all. List each in permissions.namespaces"]
                : []),
            ...(isScoped && namespaces.includes(argoCdNamespace)
                ? [`lets a project's charts place objects in ${argoCdNamespace}. Remove it from permissions.namespaces`]
                : []),
        ];
    },
});
