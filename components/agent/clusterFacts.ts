import { managedByLabel, manager } from "../../clusters/names";

/** Labels without which the ApplicationSet's template cannot be filled in. */
const neededLabels = ["environment", "region"];

/** What every cluster Secret that the program makes carries; see components/account/clusterSecret.ts. */
export const ownClusters = { [managedByLabel]: manager };

/**
 * The cluster generator: every cluster Secret with `deploy=true` and the labels that the template needs.
 *
 * One Secret that the template cannot be filled in from would end the generation for all clusters (argo-cd,
 * applicationset/controllers/template/template.go), and of two Secrets that name one cluster an arbitrary one is taken
 * (applicationset/generators/cluster.go).
 *
 * @param labels further labels of the Secrets that are meant
 */
export function clusterGenerator(labels: Readonly<Record<string, string>>) {
    return {
        clusters: {
            selector: {
                matchLabels: { deploy: "true", ...labels },
                matchExpressions: neededLabels.map((key) => ({ key, operator: "Exists" as const })),
            },
        },
    };
}

/**
 * Why a cluster Secret with these labels is not one of {@link ownClusters}, to which the agent is delivered.
 *
 * @returns each label that is missing; nothing where it is selected, or is not labelled `deploy=true` at all
 */
export function missingLabels(labels: Readonly<Record<string, string>>): string[] {
    if (labels.deploy !== "true") {
        return [];
    }
    const own = Object.entries(ownClusters).filter(([key, value]) => labels[key] !== value);
    return [...neededLabels.filter((key) => labels[key] === undefined), ...own.map(([key, value]) => `${key}=${value}`)];
}

/**
 * An annotation of the cluster Secret, as an expression of the ApplicationSet's Go template: empty, and no error, where
 * the Secret lacks it or has no annotations at all. Print it with a default: Go would print `<no value>`.
 */
export function annotationOf(key: string): string {
    return `index (get .metadata "annotations" | default dict) ${JSON.stringify(key)}`;
}
