import { expiresAnnotation, generationAnnotation, refreshAnnotation, sinceAnnotation } from "../../clusters/names";
import type { Change } from "../preview/events";
import type { Owns, Path } from "../support/ownChanges";

/**
 * The changes of a rotation: the token's Secret on the spoke and the suffix of its name, the check of the token, the
 * cluster Secret on the hub, the check of Argo CD's connection, and the token's age for the hub's Prometheus. The old
 * token's Secret is deleted.
 *
 * @param generations the new token of each cluster
 */
export function rotationOwns(generations: readonly { readonly cluster: string; readonly generation: number }[]): Owns {
    const own = new Map<string, (change: Change) => readonly Path[]>(
        generations.flatMap(({ cluster, generation }) => [
            ...tokenNames(cluster, generation).map((name) => [`create ${name}`, nothing] as const),
            ...tokenNames(cluster, generation - 1).map((name) => [`delete ${name}`, nothing] as const),
            // The new token's Secret also tells the cluster's CA.
            [`update ${cluster}-access`, () => [["token"], ["connection", "tls", "caData"]]] as const,
            [`update ${cluster}-cluster-secret`, (change: Change) => inClusterSecret(change, generation)] as const,
            [`update ${cluster}-connection`, () => [["since"]]] as const,
            [`update ${cluster}-probes-files`, () => [["data", "rules.yaml"]]] as const,
            [`update ${cluster}-probes-credential`, () => [["spec"]]] as const,
        ]),
    );
    return (change) => own.get(`${change.operation} ${change.name}`)?.(change);
}

function nothing(): readonly Path[] {
    return [];
}

function tokenNames(cluster: string, generation: number): string[] {
    const plain = `${cluster}-manager-token-${generation}`;
    const bound = `${cluster}-manager-token-bound-${generation}`;
    return [plain, `${plain}-suffix`, bound, `${bound}-suffix`, `${bound}-issued`];
}

/**
 * Changes to the Secret's data are hidden, because they are secret: they belong to the rotation only with a new token.
 */
function inClusterSecret({ before }: Change, generation: number): readonly Path[] {
    const { annotations = {} } = (before?.metadata ?? {}) as { annotations?: Readonly<Record<string, string>> };
    const names = [generationAnnotation, sinceAnnotation, expiresAnnotation, refreshAnnotation];
    const marks = names.map((name) => ["metadata", "annotations", name]);
    return annotations[generationAnnotation] === String(generation) ? marks : [["data"], ...marks];
}
