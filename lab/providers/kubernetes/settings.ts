/** The provider's inputs, after configuration. Names and meaning are those of the official provider. */
export interface Settings {
    /** Contents or path of a kubeconfig; empty for the user's own. */
    readonly kubeconfig: string;
    readonly context: string;
    readonly cluster: string;
    readonly namespace: string;
    readonly enableServerSideApply: boolean;
    readonly enablePatchForce: boolean;
    readonly enableConfigMapMutable: boolean;
    readonly enableSecretMutable: boolean;
    readonly deleteUnreachable: boolean;
    readonly skipUpdateUnreachable: boolean;
}

/** Inputs that the official provider has and this one does not; ignoring them would change the result. */
const unsupported = ["renderYamlToDirectory", "upsertExistingObjects", "alwaysRender", "strictMode"] as const;

/** Why an input cannot be used here, or undefined. */
export function unsupportedInput(name: string, value: string): string | undefined {
    const refused = (unsupported as readonly string[]).includes(name) && value !== "" && value !== "false";
    return refused
        ? `"${name}" is not part of the lab's stand-in for the Kubernetes provider; use the official provider for it`
        : undefined;
}

/** Reads the inputs; those left out come from the environment, then from the official provider's defaults. */
export function readSettings(inputs: ReadonlyMap<string, string>, environment = process.env): Settings {
    for (const [name, value] of inputs) {
        const reason = unsupportedInput(name, value);
        if (reason !== undefined) {
            throw new Error(reason);
        }
    }
    const flag = (name: string, variable: string, otherwise: boolean): boolean => {
        const value = inputs.get(name) ?? environment[variable];
        return value === undefined ? otherwise : value === "true";
    };
    return {
        kubeconfig: inputs.get("kubeconfig") ?? "",
        context: inputs.get("context") ?? "",
        cluster: inputs.get("cluster") ?? "",
        namespace: inputs.get("namespace") ?? "",
        enableServerSideApply: flag("enableServerSideApply", "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY", true),
        enablePatchForce: flag("enablePatchForce", "PULUMI_K8S_ENABLE_PATCH_FORCE", false),
        enableConfigMapMutable: flag("enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE", false),
        enableSecretMutable: flag("enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE", false),
        deleteUnreachable: flag("deleteUnreachable", "PULUMI_K8S_DELETE_UNREACHABLE", false),
        skipUpdateUnreachable: flag("skipUpdateUnreachable", "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE", false),
    };
}
