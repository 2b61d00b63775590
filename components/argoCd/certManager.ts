import type { types } from "@pulumi/kubernetes-cert-manager";
import type * as pulumi from "@pulumi/pulumi";
import type { CertificateSettings } from "../../settings/certificates";
import { chartSource } from "../support/chartSource";

/** Namespace that the program makes for cert-manager; its documentation assumes this name. */
export const certManagerNamespace = "cert-manager";

/** Namespace of cert-manager, which reads the Secrets of a ClusterIssuer there. */
export function namespaceOf({ namespace = certManagerNamespace }: AcmeSettings["certManager"]): string {
    return namespace;
}

/** Secret in cert-manager's namespace with the credentials of a DNS provider. */
export const dnsSecretName = "acme-dns";

/** Default chart of cert-manager. */
export const certManagerChart = { name: "cert-manager", repository: "https://charts.jetstack.io", version: "v1.21.2" };

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
    source: Pick<AcmeSettings["certManager"], "path" | "version">,
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

/** Whether cert-manager may answer HTTP-01 challenges for the hub's certificate; an existing issuer may. */
export function mayUseHttp01(settings: CertificateSettings): boolean {
    return settings.issuer === "existing" || (settings.issuer === "acme" && settings.solver.http01 !== undefined);
}

/**
 * Lets the Ingress controller reach cert-manager's solver pods, which run beside the Certificate (cert-manager,
 * "HTTP01", and pkg/issuer/acme/http: label and port). The chart's policy denies all other ingress in the namespace.
 * The namespace of the controller is not known, so the source is any.
 */
export function solverPolicy(namespace: pulumi.Input<string>) {
    return {
        metadata: { name: "acme-http01-solver", namespace },
        spec: {
            podSelector: { matchLabels: { "acme.cert-manager.io/http01-solver": "true" } },
            policyTypes: ["Ingress"],
            ingress: [{ ports: [{ protocol: "TCP", port: 8089 }] }],
        },
    };
}

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
