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

/** The ClusterIssuer of an ACME authority. */
export function acmeSpec({ email, server, solver }: AcmeSettings) {
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
