import type { KeptMetadata } from "../support/keptMetadata";

/** The existing objects of a cluster that was registered by another tool (such as `argocd cluster add`) or by hand. */
export interface Adoption {
    /** Name of the cluster Secret on the hub. */
    readonly secret: string;
}

/** The agent's namespace on a spoke that existed before the stack: its own labels and annotations, which it keeps. */
export type AdoptedNamespace = KeptMetadata;

/** Annotations that adopted cluster Secrets keep, by the cluster's key. */
export type KeptAnnotations = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Clusters to adopt, by name. */
export type Adoptions = Readonly<Record<string, Adoption>>;

/** Namespaces of applications that existed before the stack, by the application's name. */
export type AdoptedNamespaces = Readonly<Record<string, AdoptedNamespace | undefined>>;
