import type { types } from "@pulumi/kubernetes-cert-manager";
import type * as pulumi from "@pulumi/pulumi";
import type { CertificateSettings } from "../../settings/certificates";
import { chartSource } from "../support/chartSource";

/** Namespace of cert-manager; its own docs assume this name. */
export const certManagerNamespace = "cert-manager";

/** Secret beside cert-manager with the credentials of a DNS provider. */
export const dnsSecretName = "acme-dns";

/** cert-manager's chart where the settings name none. */
const certManagerChart = { name: "cert-manager", repository: "https://charts.jetstack.io", version: "v1.21.2" };

/** Secret with the certificate of argocd-server; the chart and the Gateway read it by this name. */
export const serverTlsSecret = "argocd-server-tls";

const apiVersion = "cert-manager.io/v1";
const authorityName = "hub-authority";

type AcmeSettings = Extract<CertificateSettings, { issuer: "acme" }>;

/**
 * Options of cert-manager's release: two of each part, and CRDs that outlive it, since their deletion would take every
 * certificate of the cluster.
 */
export function certManagerOptions(
    namespace: pulumi.Input<string>,
    source: AcmeSettings["certManager"],
): types.input.ReleaseArgs {
    // The chart's name is what the component adds by itself.
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

/** The certificate of argocd-server, or of what ends TLS before it; cert-manager renews it. */
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

/** The certificate of an authority of the hub's own, which an issuer signs with. */
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

/** Signs with itself, which nobody trusts; it signs the own authority alone. */
export const selfSigned = { selfSigned: {} };

/** Signs with the own authority. */
export const ownIssuer = { ca: { secretName: authorityName } };

/** How an ACME authority is asked. */
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
