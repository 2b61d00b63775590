import type * as pulumi from "@pulumi/pulumi";
import { toBase64 } from "../../clusters/base64";
import type { StoreSettings } from "../../settings/secrets";

/** Name of the SecretStore in the agent's namespace; the chart's ExternalSecret refers to it. */
export const storeName = "agent";

/** ServiceAccount in the agent's namespace that authenticates to the store; no pod of the chart uses it. */
export const storeAccount = "agent-store";

/** Secret in the agent's namespace with the token for another cluster's API server. */
export const storeToken = { name: "agent-store-token", key: "token" };

/** The owner of the secrets. */
export interface StoreOwner {
    readonly environment: string;
    readonly cluster: string;
}

const account = { name: storeAccount };

/**
 * The `provider` of a SecretStore (external-secrets v0.18.2, apis/externalsecrets/v1). The store's policy for the
 * account isolates the environments; with these defaults, no two environments use the same path.
 */
export function storeProvider(settings: StoreSettings, { environment, cluster }: StoreOwner): pulumi.Inputs {
    const own = `agent-${environment}`;
    switch (settings.type) {
        case "vault":
            return {
                vault: {
                    server: settings.server,
                    path: settings.path ?? own,
                    version: settings.version,
                    ...(settings.namespace === undefined ? {} : { namespace: settings.namespace }),
                    ...(settings.ca === undefined ? {} : { caBundle: toBase64(settings.ca) }),
                    ...(settings.caProvider === undefined ? {} : { caProvider: settings.caProvider }),
                    auth: {
                        kubernetes: {
                            mountPath: settings.authMount ?? `kubernetes-${cluster}`,
                            role: settings.role ?? own,
                            serviceAccountRef: { ...account, audiences: [settings.audience] },
                        },
                    },
                },
            };
        case "kubernetes":
            return {
                kubernetes: {
                    remoteNamespace: settings.namespace,
                    ...(settings.cluster === undefined
                        ? {
                              server: {
                                  url: "https://kubernetes.default.svc",
                                  // The spoke's controller publishes it into every namespace.
                                  caProvider: { type: "ConfigMap", name: "kube-root-ca.crt", key: "ca.crt" },
                              },
                              auth: { serviceAccount: account },
                          }
                        : {
                              server: { url: settings.cluster.server, caBundle: toBase64(settings.cluster.ca) },
                              auth: { token: { bearerToken: storeToken } },
                          }),
                },
            };
        case "aws":
            return {
                aws: {
                    service: settings.service,
                    region: settings.region,
                    prefix: settings.prefix ?? `${own}/`,
                    auth: { jwt: { serviceAccountRef: account } },
                },
            };
        case "gcp":
            return {
                gcpsm: { projectID: settings.project, auth: { workloadIdentity: { serviceAccountRef: account } } },
            };
        case "azure":
            return {
                azurekv: { authType: "WorkloadIdentity", vaultUrl: settings.vaultUrl, serviceAccountRef: account },
            };
    }
}

/** Annotations by which a cloud identifies the account. */
export function accountAnnotations(settings: StoreSettings): Record<string, string> {
    switch (settings.type) {
        case "aws":
            return { "eks.amazonaws.com/role-arn": settings.roleArn };
        case "gcp":
            return { "iam.gke.io/gcp-service-account": settings.serviceAccount };
        case "azure":
            return {
                "azure.workload.identity/client-id": settings.clientId,
                "azure.workload.identity/tenant-id": settings.tenantId,
            };
        case "vault":
        case "kubernetes":
            return {};
    }
}
