import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1";
import * as pulumi from "@pulumi/pulumi";
import type { CertificateSettings, IngressSettings } from "../../settings/certificates";
import { Certificates } from "./certificates";
import { mayUseHttp01, serverCertificate, solverPolicy } from "./certManager";
import { gateway } from "./ingress";

export interface EntranceArgs {
    /** Argo CD's namespace on the hub. */
    readonly namespace: pulumi.Input<string>;
    /** Host name of Argo CD. */
    readonly host: string;
    readonly certificates: CertificateSettings;
    readonly ingress: IngressSettings;
}

/**
 * Users' access to Argo CD: its certificate with the issuer, and the Gateway if the settings request one. The chart
 * itself creates the Ingress or HTTPRoute (ingress.ts).
 */
export class Entrance extends pulumi.ComponentResource {
    constructor(name: string, args: EntranceArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:Entrance", name, {}, opts);

        const { namespace, host, certificates, ingress } = args;
        if (certificates.issuer !== "none") {
            const { issuer } = new Certificates("certificates", certificates, { parent: this });
            new CustomResource(`${name}-certificate`, serverCertificate(namespace, host, issuer), { parent: this });
        }
        if (mayUseHttp01(certificates)) {
            new NetworkPolicy(`${name}-http01-solver`, solverPolicy(namespace), { parent: this });
        }
        if (ingress?.kind === "gateway") {
            new CustomResource(`${name}-gateway`, gateway(namespace, ingress.class, host), { parent: this });
        }
        this.registerOutputs();
    }
}
