import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { Namespace, Secret } from "@pulumi/kubernetes/core/v1";
import { CertManager } from "@pulumi/kubernetes-cert-manager";
import * as pulumi from "@pulumi/pulumi";
import type { CertificateSettings } from "../../settings/certificates";
import { secretData } from "../support/secretData";
import { acmeSpec, certManagerNamespace, certManagerOptions, dnsSecretName } from "./certManager";

type IssuerSettings = Exclude<CertificateSettings, { issuer: "none" }>;

/** Issuers that cert-manager is installed for. */
type InstalledSettings = Extract<CertificateSettings, { certManager: unknown }>;

const apiVersion = "cert-manager.io/v1";

/** cert-manager and the issuer of the hub's certificate, or the name of an issuer that is there already. */
export class Certificates extends pulumi.ComponentResource {
    /** Name of the ClusterIssuer, known once it is there. */
    readonly issuer: pulumi.Output<string>;

    constructor(name: string, settings: IssuerSettings, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:Certificates", name, {}, opts);

        this.issuer =
            settings.issuer === "existing" ? pulumi.output(settings.clusterIssuer) : this.install(name, settings);
        this.registerOutputs({ issuer: this.issuer });
    }

    private install(name: string, settings: InstalledSettings): pulumi.Output<string> {
        const namespace = new Namespace(
            `${name}-namespace`,
            { metadata: { name: certManagerNamespace } },
            { parent: this },
        );
        const manager = new CertManager(
            `${name}-cert-manager`,
            { installCRDs: true, helmOptions: certManagerOptions(namespace.metadata.name, settings.certManager) },
            { parent: this },
        );
        const after = { parent: this, dependsOn: [manager] };
        const issuer = (issuerName: string, spec: object, dependsOn: pulumi.Resource[]) =>
            new CustomResource(
                `${name}-${issuerName}`,
                { apiVersion, kind: "ClusterIssuer", metadata: { name: issuerName }, spec },
                { parent: this, dependsOn },
            ).metadata.name;

        if (settings.issuer === "acme") {
            const { dnsSecret } = settings;
            const secrets = dnsSecret === undefined ? [] : [this.dnsSecret(name, namespace, dnsSecret)];
            return issuer("hub", acmeSpec(settings), [manager, ...secrets]);
        }
        const root = issuer("hub-root", { selfSigned: {} }, [manager]);
        const authority = new CustomResource(
            `${name}-authority`,
            {
                apiVersion,
                kind: "Certificate",
                metadata: { name: "hub-authority", namespace: namespace.metadata.name },
                spec: {
                    isCA: true,
                    commonName: "Argo CD hub",
                    secretName: "hub-authority",
                    duration: "87600h",
                    privateKey: { algorithm: "ECDSA", size: 256 },
                    issuerRef: { name: root, kind: "ClusterIssuer", group: "cert-manager.io" },
                },
            },
            after,
        );
        return issuer("hub", { ca: { secretName: "hub-authority" } }, [manager, authority]);
    }

    private dnsSecret(name: string, namespace: Namespace, data: Record<string, string>): Secret {
        const metadata = { name: dnsSecretName, namespace: namespace.metadata.name };
        return new Secret(`${name}-dns`, { metadata, data: secretData(data) }, { parent: this });
    }
}
