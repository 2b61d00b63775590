import { revisionAnnotation } from "../../clusters/names";
import type { Owns } from "../support/ownChanges";

const pin = ["metadata", "annotations", revisionAnnotation];

/** The changes of a promotion: the pin on each cluster Secret, which the ApplicationSet reads. */
export function promotionOwns(clusters: readonly string[]): Owns {
    const names = clusters.map(secretName);
    return ({ operation, name }) => (operation === "update" && names.includes(name) ? [pin] : undefined);
}

/** The cluster Secrets, as patterns of their URNs. */
export function promotionTargets(clusters: readonly string[]): string[] {
    return clusters.map((cluster) => `urn:pulumi:**::${secretName(cluster)}`);
}

function secretName(cluster: string): string {
    return `${cluster}-cluster-secret`;
}
