import type { KeptMetadata } from "../support/keptMetadata";

/** What the hub has of an Argo CD that the stack did not install, and that it adopts (setting `adoptedRelease`). */
export interface ArgoCdAdoption {
    /** The namespace's own labels and annotations, which it keeps; undefined if there is no namespace to adopt. */
    readonly namespace: KeptMetadata | undefined;
    /** Whether Helm has the release. */
    readonly release: boolean;
    /** Argo CD's own Secrets with its passwords and keys, by name: the stack leaves them as they are. */
    readonly keptSecrets: readonly string[];
}

/** Name of the Helm release for a hub on which nothing is adopted. */
export const defaultRelease = "argocd";

/**
 * The values for an adopted release. The chart derives the names of all objects from the release's name; the program,
 * its documentation and Argo CD's own tools expect `argocd-server` and the like.
 */
export function releaseNameValues(release: string) {
    return release === defaultRelease ? {} : { fullnameOverride: "argocd" };
}
