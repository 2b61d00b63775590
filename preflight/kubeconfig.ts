import type { KubeConfig } from "@kubernetes/client-node";
import type { ClusterAccess } from "../settings";

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
export async function findCluster(setting: string, access: ClusterAccess): Promise<ClusterAddress> {
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
    const credentials = Object.entries(kubeConfig.getCurrentUser() ?? {}).filter(([key]) => key !== "name");
    if (credentials.every(([, value]) => value === undefined)) {
        throw new Error(
            `hubspoke:${setting}: context "${context}" has no credentials. ` +
                "Add a user with a token, a certificate or an exec plugin to the kubeconfig",
        );
    }
    return { setting, server, kubeConfig };
}

/** The client is imported natively, when needed: required through tsx it takes three times as long to load. */
async function load(setting: string, access: ClusterAccess): Promise<KubeConfig> {
    const { KubeConfig } = await import("@kubernetes/client-node");
    const kubeConfig = new KubeConfig();
    if (access.kubeconfig === undefined) {
        kubeConfig.loadFromDefault();
        return kubeConfig;
    }
    try {
        kubeConfig.loadFromString(access.kubeconfig);
    } catch {
        // The parser's own message would quote the kubeconfig, which is a secret.
        throw new Error(`hubspoke:${setting}.kubeconfig: is no kubeconfig. Write what \`kubectl config view --raw\` prints`);
    }
    return kubeConfig;
}
