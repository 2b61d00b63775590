import { deliveredLabel, managedByLabel, manager } from "../../clusters/names";
import { agentKey } from "../../settings/agentKey";

/** Labels that the ApplicationSet's template requires. */
const neededLabels = ["environment", "region"];

/** Labels of every cluster Secret from the program; see components/account/clusterSecret.ts. */
export const ownClusters = { [managedByLabel]: manager };

/**
 * The cluster generator: every cluster Secret with `deploy=true` and the labels that the template needs.
 *
 * A Secret without a required value would stop the generation for all clusters (argo-cd,
 * applicationset/controllers/template/template.go). If two Secrets name the same cluster, Argo CD selects an arbitrary
 * one (applicationset/generators/cluster.go).
 *
 * @param application the application's name: its environment's stack has made room for it on the cluster
 * @param labels additional labels of the Secrets to select
 */
export function clusterGenerator(application: string, labels: Readonly<Record<string, string>>) {
    return {
        clusters: {
            selector: {
                matchLabels: { deploy: "true", ...labels },
                matchExpressions: [
                    ...neededLabels.map((key) => ({ key, operator: "Exists" as const })),
                    roomFor(application),
                ],
            },
        },
    };
}

/** A cluster that the program registered before there were several applications has room for the agent. */
function roomFor(application: string) {
    const key = deliveredLabel(application);
    return application === agentKey
        ? { key, operator: "NotIn" as const, values: ["false"] }
        : { key, operator: "In" as const, values: ["true"] };
}

/** Whether {@link clusterGenerator} finds room for an application on the cluster with these labels of its Secret. */
export function hasRoomFor(application: string, labels: Readonly<Record<string, string>>): boolean {
    const mark = labels[deliveredLabel(application)];
    return application === agentKey ? mark !== "false" : mark === "true";
}

/** The cluster's environment, as a Go template. */
export const environmentOf = "{{.metadata.labels.environment}}";

/**
 * Why a cluster Secret with these labels is not one of {@link ownClusters}, which get the agent.
 *
 * @returns each missing label; empty if the Secret is selected, or does not have the label `deploy=true`
 */
export function missingLabels(labels: Readonly<Record<string, string>>): string[] {
    if (labels.deploy !== "true") {
        return [];
    }
    const own = Object.entries(ownClusters).filter(([key, value]) => labels[key] !== value);
    return [...neededLabels.filter((key) => labels[key] === undefined), ...own.map(([key, value]) => `${key}=${value}`)];
}

/**
 * An annotation of the cluster Secret, as an expression of the ApplicationSet's Go template: empty and not an error if
 * the Secret does not have it or has no annotations. Print it with a default: Go would print `<no value>`.
 */
export function annotationOf(key: string): string {
    return `index (get .metadata "annotations" | default dict) ${JSON.stringify(key)}`;
}
