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
    namespaceOf,
    ownAuthority,
    ownIssuer,
    selfSigned,
} from "./certManager";

type IssuerSettings = Exclude<CertificateSettings, { issuer: "none" }>;

/** Issuers that the program makes. */
type OwnIssuerSettings = Extract<CertificateSettings, { certManager: unknown }>;

/** cert-manager and the issuer of the hub's certificate, or the name of an existing issuer. */
export class Certificates extends pulumi.ComponentResource {
    /** Name of the ClusterIssuer, known when it exists. */
    readonly issuer: pulumi.Output<string>;

    constructor(name: string, settings: IssuerSettings, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:Certificates", name, {}, opts);

        this.issuer =
            settings.issuer === "existing" ? pulumi.output(settings.clusterIssuer) : this.issue(name, settings);
        this.registerOutputs({ issuer: this.issuer });
    }

    private issue(name: string, settings: OwnIssuerSettings): pulumi.Output<string> {
        const { namespace, made } = this.certManager(name, settings.certManager);
        const issuer = (issuerName: string, spec: object, dependsOn: pulumi.Resource[]) =>
            new CustomResource(`${name}-${issuerName}`, clusterIssuer(issuerName, spec), { parent: this, dependsOn }).metadata
                .name;

        if (settings.issuer === "acme") {
            const { dnsSecret } = settings;
            const secrets = dnsSecret === undefined ? [] : [this.dnsSecret(name, namespace, dnsSecret)];
            return issuer("hub", acmeIssuer(settings), [...made, ...secrets]);
        }
        const root = issuer("hub-root", selfSigned, made);
        const authority = new CustomResource(`${name}-authority`, ownAuthority(namespace, root), {
            parent: this,
            dependsOn: made,
        });
        return issuer("hub", ownIssuer, [...made, authority]);
    }

    /** The namespace of cert-manager, and what of it the program makes. */
    private certManager(name: string, settings: OwnIssuerSettings["certManager"]) {
        if (settings.source === "existing") {
            return { namespace: pulumi.output(namespaceOf(settings)), made: [] };
        }
        const { metadata } = new Namespace(
            `${name}-namespace`,
            { metadata: { name: certManagerNamespace } },
            { parent: this },
        );
        const manager = new CertManager(
            `${name}-cert-manager`,
            { installCRDs: true, helmOptions: certManagerOptions(metadata.name, settings) },
            { parent: this },
        );
        return { namespace: metadata.name, made: [manager] };
    }

    private dnsSecret(name: string, namespace: pulumi.Input<string>, data: Record<string, string>): Secret {
        const metadata = { name: dnsSecretName, namespace };
        return new Secret(`${name}-dns`, { metadata, data: secretData(data) }, { parent: this });
    }
}
