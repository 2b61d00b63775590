import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { Namespace, Secret } from "@pulumi/kubernetes/core/v1";
import { CertManager } from "@pulumi/kubernetes-cert-manager";
import * as pulumi from "@pulumi/pulumi";
import type { CertificateSettings } from "../../settings/certificates";
import { secretData } from "../support/secretData";
import {
    acmeIssuer,
    certManagerNamespace,
    certManagerOptions,
    clusterIssuer,
    dnsSecretName,
    ownAuthority,
    ownIssuer,
    selfSigned,
} from "./certManager";

type IssuerSettings = Exclude<CertificateSettings, { issuer: "none" }>;

/** Issuers for which the program installs cert-manager. */
type InstalledSettings = Extract<CertificateSettings, { certManager: unknown }>;

/** cert-manager and the issuer of the hub's certificate, or the name of an existing issuer. */
export class Certificates extends pulumi.ComponentResource {
    /** Name of the ClusterIssuer, known when it exists. */
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
        const issuer = (issuerName: string, spec: object, dependsOn: pulumi.Resource[]) =>
            new CustomResource(`${name}-${issuerName}`, clusterIssuer(issuerName, spec), { parent: this, dependsOn }).metadata
                .name;

        if (settings.issuer === "acme") {
            const { dnsSecret } = settings;
            const secrets = dnsSecret === undefined ? [] : [this.dnsSecret(name, namespace, dnsSecret)];
            return issuer("hub", acmeIssuer(settings), [manager, ...secrets]);
        }
        const root = issuer("hub-root", selfSigned, [manager]);
        const authority = new CustomResource(`${name}-authority`, ownAuthority(namespace.metadata.name, root), {
            parent: this,
            dependsOn: [manager],
        });
        return issuer("hub", ownIssuer, [manager, authority]);
    }

    private dnsSecret(name: string, namespace: Namespace, data: Record<string, string>): Secret {
        const metadata = { name: dnsSecretName, namespace: namespace.metadata.name };
        return new Secret(`${name}-dns`, { metadata, data: secretData(data) }, { parent: this });
    }
}
