import type * as pulumi from "@pulumi/pulumi";
import { toBase64 } from "../../clusters/base64";
import type { Credentials, TlsSettings } from "../../settings/credentials";
import { tokensVariable } from "../argoCd/federation";

/**
 * The `config` document of a cluster Secret (argo-cd, pkg/apis/application/v1alpha1/types.go, `ClusterConfig`). It has
 * no client certificate: a certificate cannot be revoked, and Argo CD would prefer it to the token.
 */
export interface ClusterConfig {
    readonly bearerToken?: pulumi.Input<string>;
    readonly awsAuthConfig?: { readonly clusterName: string; readonly roleARN?: string | undefined };
    readonly execProviderConfig?: {
        readonly command: string;
        readonly args: readonly string[];
        readonly env?: Readonly<Record<string, string>>;
        readonly apiVersion: string;
        readonly installHint?: string | undefined;
    };
    readonly tlsClientConfig: {
        readonly insecure: boolean;
        readonly serverName?: string | undefined;
        /** The API server's certificate authority, PEM in base64. */
        readonly caData?: pulumi.Input<string>;
    };
    readonly proxyUrl?: string | undefined;
}

export interface ClusterConfigArgs {
    readonly credentials: Credentials;
    /** The default of the audience. */
    readonly environment: string;
    readonly tls: TlsSettings;
    readonly proxyUrl?: string | undefined;
    /** The token in use, a secret; undefined for a cloud identity. */
    readonly token: pulumi.Input<string> | undefined;
    /** The certificate authority of the spoke, in PEM format; the one in the settings overrides it. */
    readonly ca: pulumi.Output<string>;
}

const execApi = "client.authentication.k8s.io/v1beta1";

/** How Argo CD connects and authenticates to a spoke. */
export function clusterConfig(args: ClusterConfigArgs): ClusterConfig {
    const { tls, proxyUrl, ca } = args;
    return { ...identity(args), tlsClientConfig: tlsClientConfig(tls, ca.apply(toBase64)), proxyUrl };
}

/** Whether Argo CD is to trust the CA that the spoke reports. */
export function trustsReportedCa({ ca, insecureSkipTlsVerify }: TlsSettings): boolean {
    return ca === undefined && !insecureSkipTlsVerify;
}

/**
 * How Argo CD verifies the API server.
 *
 * @param reported the CA that the spoke reports, PEM in base64; see {@link trustsReportedCa}
 */
export function tlsClientConfig<Reported>(tls: TlsSettings, reported: Reported) {
    const { ca, serverName, insecureSkipTlsVerify } = tls;
    if (insecureSkipTlsVerify) {
        return { insecure: true };
    }
    // Without caData, Argo CD trusts the authorities of its image.
    const trusted = ca === "system" ? {} : { caData: ca === undefined ? reported : toBase64(ca) };
    return { insecure: false, serverName, ...trusted };
}

/**
 * Prints the token that the kubelet keeps in a file, as an ExecCredential. `argocd-k8s-auth` does not know this kind,
 * and every image of Argo CD has a shell (argo-cd, Dockerfile: Ubuntu). With an end in a minute Argo CD asks again in
 * time, and not only after the spoke has refused the token.
 */
function handOver(audience: string): string {
    const credential =
        '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential",' +
        '"status":{"token":"%s","expirationTimestamp":"%s"}}';
    return [
        `token=$(cat "$${tokensVariable}/${audience}") || exit 1`,
        "ends=$(date -u -d @$(($(date +%s) + 60)) +%Y-%m-%dT%H:%M:%SZ) || exit 1",
        `printf '${credential}' "$token" "$ends"`,
    ].join("\n");
}

/** The audience of Argo CD's tokens for a spoke. */
export function audienceOf({ audience }: Extract<Credentials, { type: "federated" }>, environment: string): string {
    return audience ?? environment;
}

function identity({ credentials, environment, token: bearerToken }: ClusterConfigArgs) {
    switch (credentials.type) {
        case "token":
            return { bearerToken };
        case "federated": {
            const args = ["-c", handOver(audienceOf(credentials, environment))];
            return { execProviderConfig: { command: "sh", args, apiVersion: "client.authentication.k8s.io/v1" } };
        }
        case "aws":
            return { awsAuthConfig: { clusterName: credentials.clusterName, roleARN: credentials.roleArn } };
        case "gcp":
            return { execProviderConfig: { command: "argocd-k8s-auth", args: ["gcp"], apiVersion: execApi } };
        case "azure":
            return {
                execProviderConfig: {
                    command: "argocd-k8s-auth",
                    args: ["azure"],
                    env: {
                        AAD_ENVIRONMENT_NAME: credentials.environment,
                        AAD_LOGIN_METHOD: "workloadidentity",
                        ...(credentials.clientId === undefined ? {} : { AZURE_CLIENT_ID: credentials.clientId }),
                        ...(credentials.tenantId === undefined ? {} : { AZURE_TENANT_ID: credentials.tenantId }),
                    },
                    apiVersion: execApi,
                },
            };
        case "exec": {
            const { command, args, env, installHint } = credentials;
            return { execProviderConfig: { command, args, env, apiVersion: execApi, installHint } };
        }
        default:
            return credentials satisfies never;
    }
}
