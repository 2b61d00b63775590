/** The existing objects of a cluster that was registered by another tool (such as `argocd cluster add`) or by hand. */
export interface Adoption {
    /** Name of the cluster Secret on the hub. */
    readonly secret: string;
    /** Whether the spoke has the agent's namespace. */
    readonly namespaceExists: boolean;
}

/** Clusters to adopt, by name. */
export type Adoptions = Readonly<Record<string, Adoption>>;
