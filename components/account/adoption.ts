/** What stands already of a cluster that was registered by other means, as `argocd cluster add` does. */
export interface Adoption {
    /** Name of the cluster Secret on the hub. */
    readonly secret: string;
    /** Whether the spoke has the agent's namespace. */
    readonly namespaceExists: boolean;
}

/** Clusters to take over, by name. */
export type Adoptions = Readonly<Record<string, Adoption>>;
