import { z } from "zod";
import { argoCdNamespace } from "../../clusters/names";
import { at, listAt } from "../read";
import { rule } from "../rule";

export const projectNarrow = rule({
    name: "project-narrow",
    description: "An AppProject names its repositories and its namespaces, and none of Argo CD; on any server, for the clusters have limits of their own.",
    options: z.strictObject({}),
    check: ({ type, props }) => {
        if (!/^kubernetes:argoproj\.io\/.*:AppProject(Patch)?$/.test(type)) {
            return [];
        }
        const isDenial = (value: unknown) => typeof value === "string" && value.startsWith("!");
        const hasWildcard = (value: unknown) => typeof value === "string" && value.includes("*");
        const destinations = listAt(props, "spec", "destinations");
        return [
            ...listAt(props, "spec", "sourceRepos")
                .filter(hasWildcard)
                .map((repository) => `allows repositories by a wildcard, ${String(repository)}. Name each`),
            ...destinations
                .filter((destination) => hasWildcard(at(destination, "namespace")))
                .map((destination) => `allows namespaces by a wildcard, ${String(at(destination, "namespace"))}. Name each`),
            ...destinations
                .filter((destination) => ["namespace", "server", "name"].some((key) => isDenial(at(destination, key))))
                .map(() => "denies a destination, and so permits all others that a wildcard allows. Name what it allows"),
            ...destinations
                .filter((destination) => at(destination, "namespace") === argoCdNamespace)
                .map(() => `lets its charts place objects in ${argoCdNamespace}, where the tokens of all clusters are. Remove it`),
        ];
    },
});
