import { revisionAnnotationOf, valuesRevisionAnnotationOf } from "../../clusters/names";
import type { Owns } from "../support/ownChanges";

/** The changes of a promotion: the pins of the application on each cluster Secret, which the ApplicationSet reads. */
export function promotionOwns(application: string, clusters: readonly string[]): Owns {
    const annotations = [revisionAnnotationOf(application), valuesRevisionAnnotationOf(application)];
    const pins = annotations.map((annotation) => ["metadata", "annotations", annotation]);
    const names = clusters.map(secretName);
    return ({ operation, name }) => (operation === "update" && names.includes(name) ? pins : undefined);
}

/** The cluster Secrets, as patterns of their URNs. */
export function promotionTargets(clusters: readonly string[]): string[] {
    return clusters.map((cluster) => `urn:pulumi:**::${secretName(cluster)}`);
}

function secretName(cluster: string): string {
    return `${cluster}-cluster-secret`;
}
