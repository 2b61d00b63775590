import type { types } from "@pulumi/kubernetes-cert-manager";
import type * as pulumi from "@pulumi/pulumi";
import type { CertificateSettings } from "../../settings/certificates";
import { chartSource } from "../support/chartSource";

/** Namespace of cert-manager; its documentation assumes this name. */
export const certManagerNamespace = "cert-manager";

/** Secret in cert-manager's namespace with the credentials of a DNS provider. */
export const dnsSecretName = "acme-dns";

/** Default chart of cert-manager. */
const certManagerChart = { name: "cert-manager", repository: "https://charts.jetstack.io", version: "v1.21.2" };

/** Secret with the certificate of argocd-server; the chart and the Gateway read it by this name. */
export const serverTlsSecret = "argocd-server-tls";

const apiVersion = "cert-manager.io/v1";
const authorityName = "hub-authority";

type AcmeSettings = Extract<CertificateSettings, { issuer: "acme" }>;

/**
 * Options of cert-manager's release: two replicas of each part, and CRDs that stay after the release, because their
 * deletion would delete every certificate of the cluster.
 */
export function certManagerOptions(
    namespace: pulumi.Input<string>,
    source: AcmeSettings["certManager"],
): types.input.ReleaseArgs {
    // The component adds the chart's name itself.
    const { chart, ...fromRepository } = chartSource(source, certManagerChart);
    const budget = { enabled: true, minAvailable: 1 };
    const replicated = { replicaCount: 2, podDisruptionBudget: budget };
    return {
        name: "cert-manager",
        namespace,
        ...(source.path === undefined ? fromRepository : { chart }),
        values: { ...replicated, webhook: replicated, cainjector: replicated, crds: { keep: true } },
    };
}

/** The certificate of argocd-server, or of the proxy that terminates TLS before it; cert-manager renews it. */
export function serverCertificate(namespace: pulumi.Input<string>, host: string, issuer: pulumi.Input<string>) {
    return {
        apiVersion,
        kind: "Certificate",
        metadata: { name: "argocd-server", namespace },
        spec: {
            secretName: serverTlsSecret,
            dnsNames: [host],
            privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
            issuerRef: { name: issuer, kind: "ClusterIssuer", group: "cert-manager.io" },
        },
    };
}

/** The certificate of the hub's own certificate authority, with which an issuer signs. */
export function ownAuthority(namespace: pulumi.Input<string>, issuer: pulumi.Input<string>) {
    return {
        apiVersion,
        kind: "Certificate",
        metadata: { name: authorityName, namespace },
        spec: {
            isCA: true,
            commonName: "Argo CD hub",
            secretName: authorityName,
            duration: "87600h",
            privateKey: { algorithm: "ECDSA", size: 256 },
            issuerRef: { name: issuer, kind: "ClusterIssuer", group: "cert-manager.io" },
        },
    };
}

/** A ClusterIssuer. */
export function clusterIssuer(name: string, spec: object) {
    return { apiVersion, kind: "ClusterIssuer", metadata: { name }, spec };
}

/** The self-signed issuer, which no client trusts; it signs only the hub's own certificate authority. */
export const selfSigned = { selfSigned: {} };

/** Signs with the hub's own certificate authority. */
export const ownIssuer = { ca: { secretName: authorityName } };

/** Issuer for an ACME server. */
export function acmeIssuer({ email, server, solver }: AcmeSettings) {
    const { http01, dns01 } = solver;
    return {
        acme: {
            email,
            server,
            privateKeySecretRef: { name: "acme-account" },
            solvers: [http01 === undefined ? { dns01 } : { http01: { ingress: { ingressClassName: http01.class } } }],
        },
    };
}
