import type { KubeConfig } from "@kubernetes/client-node";
import type { ClusterConnection } from "../settings/connection";
import { defaultFiles, parseProblem } from "./kubeconfigErrors";

/** A cluster as its kubeconfig describes it: where it is, and how to speak to it. */
export interface ClusterAddress {
    /** The setting that names the cluster, for errors: for example `clusters.staging`. */
    readonly setting: string;
    /** URL of the API server. */
    readonly server: string;
    /** Client configuration whose current context is this cluster. Holds credentials: never print it. */
    readonly kubeConfig: KubeConfig;
}

/**
 * Finds a cluster in its kubeconfig: the one in the settings, or else the user's (KUBECONFIG, `~/.kube/config`).
 *
 * @throws Error that names the setting, when there is no such context, or it has no cluster or no credentials
 */
export async function findCluster(setting: string, access: ClusterConnection): Promise<ClusterAddress> {
    const kubeConfig = await load(setting, access);
    const context = access.context ?? kubeConfig.getCurrentContext();
    if (kubeConfig.getContextObject(context) === null) {
        const known = kubeConfig.getContexts().map(({ name }) => name);
        throw new Error(
            `hubspoke:${setting}.context: the kubeconfig has no context "${context}". ` +
                (known.length > 0 ? `It has: ${known.join(", ")}. Write one of these` : "It has none at all") +
                ", or point KUBECONFIG at the right file",
        );
    }
    kubeConfig.setCurrentContext(context);
    const server = kubeConfig.getCurrentCluster()?.server;
    if (server === undefined) {
        throw new Error(`hubspoke:${setting}: context "${context}" names no cluster. Add its server to the kubeconfig`);
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

/** A URL is named in errors, so one that holds a credential is refused, and never printed. */
function refuseUnusableUrl(setting: string, context: string, server: string): void {
    const url = URL.canParse(server) ? new URL(server) : undefined;
    if (url === undefined || url.username !== "" || url.password !== "") {
        throw new Error(
            `hubspoke:${setting}: the server of context "${context}" ` +
                (url === undefined ? "is no URL. Write https://HOST:PORT" : "holds a credential. Write it without") +
                " in the kubeconfig",
        );
    }
}

/** The client is imported natively, when needed: required through tsx it takes three times as long to load. */
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
        throw new Error(`hubspoke:${setting}: the files in KUBECONFIG cannot be merged. Point it at one of them`);
    }
    return kubeConfig;
}
