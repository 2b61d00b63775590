import { z } from "zod";
import { argoCdNamespace } from "../../clusters/names";
import { at, isClusterSecret } from "../read";
import { rule } from "../rule";

/** A value of a Secret, from base64 or plain text. */
function valueOf(props: unknown, key: string): string {
    const encoded = at(props, "data", key);
    const plain = at(props, "stringData", key);
    return typeof encoded === "string"
        ? Buffer.from(encoded, "base64").toString("utf8")
        : typeof plain === "string" ? plain : "";
}

export const clusterNamespaces = rule({
    name: "cluster-namespaces",
    description: "Every cluster Secret lists the namespaces that Argo CD manages there, and a project's has none of Argo CD.",
    options: z.strictObject({}),
    check: ({ type, props }) => {
        if (!isClusterSecret({ type, props })) {
            return [];
        }
        const namespaces = valueOf(props, "namespaces").split(",").filter((name) => name !== "");
        const isScoped = valueOf(props, "project") !== "";
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
