import type { KubeConfig } from "@kubernetes/client-node";
import type { ClusterConnection } from "../settings/connection";
import { defaultFiles, parseProblem } from "./kubeconfigErrors";

/** A cluster as its kubeconfig describes it: its address, and how to connect to it. */
export interface ClusterAddress {
    /** The setting of the cluster, for error messages; for example `clusters.staging`. */
    readonly setting: string;
    /** URL of the API server. */
    readonly server: string;
    /** Client configuration whose current context is this cluster. Contains credentials: never print it. */
    readonly kubeConfig: KubeConfig;
}

/**
 * Finds a cluster in its kubeconfig: the one in the settings, or the default one (KUBECONFIG, `~/.kube/config`).
 *
 * @throws Error that names the setting, if the context does not exist, or has no cluster or no credentials
 */
export async function findCluster(setting: string, access: ClusterConnection): Promise<ClusterAddress> {
    const kubeConfig = await load(setting, access);
    const context = access.context ?? kubeConfig.getCurrentContext();
    if (kubeConfig.getContextObject(context) === null) {
        const known = kubeConfig.getContexts().map(({ name }) => name);
        throw new Error(
            `hubspoke:${setting}.context: the kubeconfig has no context "${context}". ` +
                (known.length > 0 ? `It has: ${known.join(", ")}. Write one of these` : "It has no contexts") +
                ", or set KUBECONFIG to the right file",
        );
    }
    kubeConfig.setCurrentContext(context);
    const server = kubeConfig.getCurrentCluster()?.server;
    if (server === undefined) {
        throw new Error(`hubspoke:${setting}: context "${context}" has no cluster. Add its server to the kubeconfig`);
    }
    refuseUnusableUrl(setting, context, server);
    const credentials = Object.entries(kubeConfig.getCurrentUser() ?? {}).filter(([key]) => key !== "name");
    if (credentials.every(([, value]) => value === undefined)) {
        throw new Error(
            `hubspoke:${setting}: context "${context}" has no credentials. ` +
                "Add a user with a token, a certificate or an exec plugin to the kubeconfig",
        );
    }
    return { setting, server, kubeConfig };
}

/** Errors contain the URL, so a URL that contains a credential is refused and never printed. */
function refuseUnusableUrl(setting: string, context: string, server: string): void {
    const url = URL.canParse(server) ? new URL(server) : undefined;
    if (url === undefined || url.username !== "" || url.password !== "") {
        throw new Error(
            `hubspoke:${setting}: the server of context "${context}" ` +
                (url === undefined ? "is not a valid URL. Write https://HOST:PORT" : "contains a credential. Remove it") +
                " in the kubeconfig",
        );
    }
}

/** Imports the client natively, when needed: through tsx's `require` it takes three times as long to load. */
async function load(setting: string, access: ClusterConnection): Promise<KubeConfig> {
    const { KubeConfig } = await import("@kubernetes/client-node");
    const kubeConfig = new KubeConfig();
    if (access.kubeconfig !== undefined) {
        try {
            kubeConfig.loadFromString(access.kubeconfig);
        } catch (error) {
            throw new Error(parseProblem(setting, undefined, error));
        }
        return kubeConfig;
    }
    try {
        kubeConfig.loadFromDefault();
    } catch {
        for (const file of defaultFiles()) {
            try {
                new KubeConfig().loadFromFile(file);
            } catch (error) {
                throw new Error(parseProblem(setting, file, error));
            }
        }
        throw new Error(`hubspoke:${setting}: the files in KUBECONFIG cannot be merged. Set KUBECONFIG to one of them`);
    }
    return kubeConfig;
}
