import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as pulumi from "@pulumi/pulumi";
import type { CertificateSettings, IngressSettings } from "../../settings/certificates";
import { Certificates } from "./certificates";
import { gatewayName, gatewaySpec } from "./ingress";

export interface EntranceArgs {
    /** Argo CD's namespace on the hub. */
    readonly namespace: pulumi.Input<string>;
    /** Host name of Argo CD. */
    readonly host: string;
    readonly certificates: CertificateSettings;
    readonly ingress: IngressSettings;
}

/**
 * What people come through to Argo CD: its certificate with all that issues it, and the Gateway where the settings ask
 * for one. The chart itself makes the Ingress or HTTPRoute (ingress.ts).
 */
export class Entrance extends pulumi.ComponentResource {
    constructor(name: string, args: EntranceArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:Entrance", name, {}, opts);

        const { namespace, host, certificates, ingress } = args;
        if (certificates.issuer !== "none") {
            const { issuer } = new Certificates("certificates", certificates, { parent: this });
            new CustomResource(
                `${name}-certificate`,
                {
                    apiVersion: "cert-manager.io/v1",
                    kind: "Certificate",
                    metadata: { name: "argocd-server", namespace },
                    // argocd-server, or whatever ends TLS before it, reads this Secret; cert-manager renews it.
                    spec: {
                        secretName: "argocd-server-tls",
                        dnsNames: [host],
                        privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
                        issuerRef: { name: issuer, kind: "ClusterIssuer", group: "cert-manager.io" },
                    },
                },
                { parent: this },
            );
        }
        if (ingress?.kind === "gateway") {
            new CustomResource(
                `${name}-gateway`,
                {
                    apiVersion: "gateway.networking.k8s.io/v1",
                    kind: "Gateway",
                    metadata: { name: gatewayName, namespace },
                    spec: gatewaySpec(ingress.class, host),
                },
                { parent: this },
            );
        }
        this.registerOutputs();
    }
}
