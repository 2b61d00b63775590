import { escaping, isProxyUrl } from "../proxy";
import type { Cluster, User } from "./fields";

/** The API versions of exec plugins that clients speak (client-go, plugin/pkg/client/auth/exec). */
const pluginVersions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

/**
 * What client-go refuses in the entries of a context, before it connects (client-go, tools/clientcmd/validation.go and
 * transport/transport.go).
 *
 * @returns the first problem, without any value of the kubeconfig
 */
export function problemIn(cluster: Cluster, user: Partial<User>): string | undefined {
    const all = [...clusterProblems(cluster), ...userProblems(user), ...pluginProblems(user)];
    return all.find((problem) => problem !== false) ?? (cluster.server?.startsWith("http:") ? undefined : anonymous(user));
}

/** Clients ask a person for a name and a password then. */
function anonymous(user: Partial<User>): string | undefined {
    const { token, tokenFile, username, exec, "client-certificate": file, "client-certificate-data": data } = user;
    const known = token ?? tokenFile ?? username ?? exec ?? file ?? data ?? user["auth-provider"];
    return known === undefined
        ? "has no credentials. Add a user with a token, a certificate or an exec plugin"
        : undefined;
}

function clusterProblems(cluster: Cluster): (string | false)[] {
    const { "certificate-authority": ca, "certificate-authority-data": caData, "proxy-url": proxy } = cluster;
    return [
        both(ca, caData) && "has both certificate-authority and certificate-authority-data. Remove one",
        (ca ?? caData) !== undefined &&
            cluster["insecure-skip-tls-verify"] &&
            "has both a certificate authority and insecure-skip-tls-verify. Remove one",
        proxy !== undefined && proxyProblem(proxy),
    ];
}

function proxyProblem(url: string): string | false {
    return /^(https?|socks5):/i.test(url)
        ? !isProxyUrl(url) && `has a proxy-url that is not a URL. ${escaping}, or correct it`
        : "has a proxy-url that does not begin with http://, https:// or socks5://. Correct it";
}

function userProblems(user: Partial<User>): (string | false)[] {
    const { "client-certificate": file, "client-certificate-data": fileData } = user;
    const { "client-key": key, "client-key-data": keyData } = user;
    const certificate = file ?? fileData;
    const basic = user.username ?? user.password;
    const impersonates = user["as-uid"] ?? user["as-groups"]?.[0] ?? Object.keys(user["as-user-extra"] ?? {})[0];
    return [
        both(file, fileData) && "has both client-certificate and client-certificate-data. Remove one",
        certificate !== undefined && both(key, keyData) && "has both client-key and client-key-data. Remove one",
        certificate !== undefined && (key ?? keyData) === undefined && "has a client certificate without a key. Add it",
        both(user.token ?? user.tokenFile, basic) && "has both a token and a password. Remove one",
        impersonates !== undefined && user.as === undefined && "has as-uid, as-groups or as-user-extra without as. Add it",
    ];
}

function pluginProblems({ exec, "auth-provider": provider }: Partial<User>): (string | false)[] {
    const { command, apiVersion, env = [], interactiveMode } = exec ?? {};
    return [
        both(exec, provider) && "has both exec and auth-provider. Remove auth-provider",
        provider !== undefined &&
            provider.name !== "oidc" &&
            "has an auth-provider that Kubernetes clients no longer support. Replace it with the exec plugin of the cloud",
        exec !== undefined && command === undefined && "has an exec plugin without a command. Add it",
        exec !== undefined &&
            !pluginVersions.includes(apiVersion ?? "") &&
            `has an exec plugin whose apiVersion is not ${pluginVersions.join(" or ")}. Update the plugin, and its entry`,
        env.some(({ name }) => name === undefined) && "has an exec plugin with a variable without a name. Add it",
        interactiveMode === undefined &&
            apiVersion === pluginVersions[0] &&
            "has an exec plugin without interactiveMode. Write `interactiveMode: IfAvailable`",
        interactiveMode !== undefined &&
            !["Never", "IfAvailable", "Always"].includes(interactiveMode) &&
            "has an exec plugin whose interactiveMode is not Never, IfAvailable or Always. Correct it",
    ];
}

function both(one: unknown, other: unknown): boolean {
    return one !== undefined && other !== undefined;
}
