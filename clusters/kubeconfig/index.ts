import * as fs from "node:fs/promises";
import { toBase64 } from "../base64";
import type { ClusterConnection } from "../../settings/connection";
import { problemIn } from "./check";
import { flatten, pathProblem } from "./errors";
import type { Cluster, User } from "./fields";
import { type Kubeconfig, readDefault, readText } from "./files";

/** A cluster as a kubeconfig describes it: its address, how to connect to it, and who asks. */
export interface ClusterAddress {
    /** The setting of the cluster, for error messages; for example `clusters.staging`. */
    readonly setting: string;
    /** URL of the API server. */
    readonly server: string;
    readonly tls: ServerTrust;
    /** URL of the proxy that the kubeconfig names; without it, the proxy variables of the environment count. */
    readonly proxy?: string | undefined;
    /** Who asks, as the kubeconfig has it. Contains credentials: never print it. */
    readonly user: Partial<User>;
    /** What an exec plugin is told of the cluster, where it asks for that. */
    readonly pluginInput?: object | undefined;
}

/** How an API server is trusted. */
export interface ServerTrust {
    /** Certificates of authorities, as PEM; without them, the system's count. */
    readonly ca?: string | undefined;
    /** The name in the server's certificate, where it is not the one in the URL. */
    readonly serverName?: string | undefined;
    /** Whether any certificate is trusted. */
    readonly insecure?: boolean;
}

/**
 * Finds a cluster in its kubeconfig: the one in the settings, or the default one (KUBECONFIG, `~/.kube/config`). It is
 * read as client-go reads it, which is in kubectl and in Pulumi's provider.
 *
 * @throws Error that names the setting, if the context does not exist, or what it names is not usable
 */
export async function findCluster(setting: string, access: ClusterConnection): Promise<ClusterAddress> {
    const { kubeconfig: text } = access;
    const kubeconfig = text === undefined ? await readDefault(setting) : readText({ setting }, text);
    const name = access.context ?? kubeconfig.currentContext ?? "";
    const context = kubeconfig.contexts.get(name);
    if (context === undefined) {
        throw new Error(`hubspoke:${setting}${withoutContext(name, access, kubeconfig)}`);
    }
    const cluster = kubeconfig.clusters.get(context.cluster ?? "");
    if (cluster?.server === undefined) {
        throw new Error(`hubspoke:${setting}: context "${name}" has no cluster. Add its server to the kubeconfig`);
    }
    refuseUnusableUrl(setting, name, cluster.server);
    const user = kubeconfig.users.get(context.user ?? "") ?? {};
    const problem = problemIn(cluster, user);
    if (problem !== undefined) {
        throw new Error(`hubspoke:${setting}: context "${name}" ${problem} in the kubeconfig`);
    }
    return addressOf(setting, cluster, cluster.server, user);
}

/** What is wrong with the context, and what to do; begins with the rest of the setting's name. */
function withoutContext(name: string, { kubeconfig: text }: ClusterConnection, { contexts }: Kubeconfig): string {
    if (text !== undefined && name === "") {
        return `.kubeconfig: has no current-context. ${flatten}`;
    }
    const known = [...contexts.keys()].join(", ");
    const remedy = known === "" ? "It has no contexts" : `It has: ${known}. Write one of these`;
    return `.context: the kubeconfig has no context "${name}". ${remedy}, or set KUBECONFIG to the right file`;
}

/** Errors contain the URL, so a URL that contains a credential is refused and never printed. */
function refuseUnusableUrl(setting: string, context: string, server: string): void {
    const url = URL.canParse(server) ? new URL(server) : undefined;
    const isValid = url?.protocol === "https:" || url?.protocol === "http:";
    if (!isValid || url.username !== "" || url.password !== "") {
        throw new Error(
            `hubspoke:${setting}: the server of context "${context}" ` +
                (isValid ? "contains a credential. Remove it" : "is not a valid URL. Write https://HOST:PORT") +
                " in the kubeconfig",
        );
    }
}

/** Reads the authority's file at once, because an exec plugin may be told its contents. */
export async function addressOf(
    setting: string,
    cluster: Cluster,
    server: string,
    user: Partial<User>,
): Promise<ClusterAddress> {
    const { "certificate-authority": file, "certificate-authority-data": data } = cluster;
    const inFile = file === undefined ? undefined : fs.readFile(file, "utf8");
    const fromFile = await inFile?.catch((error: unknown) => {
        throw new Error(pathProblem(setting, "certificate-authority", error));
    });
    const ca = data ?? fromFile;
    const tls = { ca, serverName: cluster["tls-server-name"], insecure: cluster["insecure-skip-tls-verify"] };
    const pluginInput = user.exec?.provideClusterInfo ? pluginInputOf(cluster, ca) : undefined;
    return { setting, server: withoutQuery(server), tls, proxy: cluster["proxy-url"], user, pluginInput };
}

/** Some tools add a query for their own use; requests do not have it, and it can hold a credential. */
function withoutQuery(server: string): string {
    const end = server.search(/[?#]/);
    return end < 0 ? server : server.slice(0, end);
}

/** What client-go puts into KUBERNETES_EXEC_INFO (client-go, pkg/apis/clientauthentication, type Cluster). */
function pluginInputOf(cluster: Cluster, ca: string | undefined): object {
    return {
        server: cluster.server,
        "tls-server-name": cluster["tls-server-name"],
        "insecure-skip-tls-verify": cluster["insecure-skip-tls-verify"],
        "certificate-authority-data": ca && toBase64(ca),
        "proxy-url": cluster["proxy-url"],
        "disable-compression": cluster["disable-compression"],
        config: cluster.extensions.find(({ name }) => name === "client.authentication.k8s.io/exec")?.extension,
    };
}
