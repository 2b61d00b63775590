import { fromBase64 } from "./base64";
import type { ClusterAddress } from "./kubeconfig";
import { type CertificateError, get } from "./request";
import { secretPath } from "./secretPath";

/** How Argo CD connects to a cluster: what the cluster Secret says, without the credential. */
export interface ArgoCdConnection {
    /** URL of the API server. */
    readonly server: string;
    readonly tls: {
        readonly insecure: boolean;
        readonly serverName?: string | undefined;
        /** Trusted certificate authority, PEM in base64; without it, the public ones. */
        readonly caData?: string | undefined;
    };
    readonly proxyUrl?: string | undefined;
}

/**
 * A cluster as Argo CD reaches it, for requests from this machine.
 *
 * @param setting the cluster's setting, for error messages
 * @param token the only credential; without it, requests are anonymous
 */
export function asArgoCd(
    setting: string,
    { server, tls: { caData, ...tls }, proxyUrl }: ArgoCdConnection,
    token?: string,
): ClusterAddress {
    const ca = caData && fromBase64(caData);
    return { setting, server, tls: { ...tls, ca }, proxy: proxyUrl, user: { token } };
}

/**
 * The connection in a cluster Secret on the hub, and the token in it, if there is one.
 */
export async function registeredConnection(
    hub: ClusterAddress,
    namespace: string,
    secret: string,
): Promise<ArgoCdConnection & { readonly token: string | undefined }> {
    const { data } = await get<{ data: Record<string, string> }>(hub, secretPath(namespace, secret));
    const config = JSON.parse(fromBase64(data.config)) as RegisteredConfig;
    const { bearerToken: token, tlsClientConfig: tls, proxyUrl } = config;
    return { server: fromBase64(data.server), tls, proxyUrl, token };
}

interface RegisteredConfig {
    readonly bearerToken?: string;
    readonly tlsClientConfig: ArgoCdConnection["tls"];
    readonly proxyUrl?: string;
}

/**
 * What to write, if Argo CD would refuse the certificate of an API server.
 *
 * @param operator how the user's own kubeconfig connects to the cluster
 */
export function certificateProblem(
    { setting, server }: Pick<ClusterAddress, "setting" | "server">,
    { code }: CertificateError,
    operator: ClusterAddress,
): string {
    const { ca, serverName } = operator.tls;
    const problem = (why: string, remedy: string) =>
        `hubspoke:${setting}.tls: Argo CD would refuse the certificate of ${server}: ${why} (${code}). ${remedy}. If that URL ` +
        "leads elsewhere from this machine than from the hub, write `hubOnly: true`";
    if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
        return problem("it is for another name", `Write \`serverName: ${serverName ?? "a name in the certificate"}\``);
    }
    if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID") {
        return problem("it is not valid at this time", "Renew it");
    }
    const remedy =
        ca !== undefined
            ? "Write the CA of this URL as `ca`, in PEM; the kubeconfig has one (certificate-authority)"
            : "The kubeconfig trusts public authorities: write `ca: system`";
    return problem("its CA is not the one that the settings or the cluster name", remedy);
}
