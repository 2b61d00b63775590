import { generationAnnotation, refreshAnnotation, sinceAnnotation } from "../../clusters/names";
import type { Change } from "../preview/events";
import type { Owns, Path } from "../support/ownChanges";

/**
 * What a rotation changes: the token's Secret on the spoke with the suffix of its name, the proof of the token, the
 * cluster Secret on the hub, and the age of the token that the hub's Prometheus is told. The old token's Secret goes.
 *
 * @param generations the new token of each cluster
 */
export function rotationOwns(generations: readonly { readonly cluster: string; readonly generation: number }[]): Owns {
    const own = new Map<string, (change: Change) => readonly Path[]>(
        generations.flatMap(({ cluster, generation }) => [
            ...tokenNames(cluster, generation).map((name) => [`create ${name}`, nothing] as const),
            ...tokenNames(cluster, generation - 1).map((name) => [`delete ${name}`, nothing] as const),
            [`update ${cluster}-access`, () => [["token"]]] as const,
            [`update ${cluster}-cluster-secret`, (change: Change) => inClusterSecret(change, generation)] as const,
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
    const name = `${cluster}-manager-token-${generation}`;
    return [name, `${name}-suffix`];
}

/** What of the Secret's data would change is not seen, since they are secret: they are its own only with the token. */
function inClusterSecret({ before }: Change, generation: number): readonly Path[] {
    const { annotations = {} } = (before?.metadata ?? {}) as { annotations?: Readonly<Record<string, string>> };
    const names = [generationAnnotation, sinceAnnotation, refreshAnnotation];
    const marks = names.map((name) => ["metadata", "annotations", name]);
    return annotations[generationAnnotation] === String(generation) ? marks : [["data"], ...marks];
}
