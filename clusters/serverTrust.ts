import { X509Certificate } from "node:crypto";
import * as net from "node:net";
import * as tls from "node:tls";
import type { ServerTrust } from "./kubeconfig";
import { systemAuthorities } from "./systemAuthorities";

/**
 * Node's options to trust a server as Go programs do: an authority need not be a root, and a certificate must have the
 * name among its subject's alternative names.
 *
 * @throws Error that {@link isDistrust} knows, if the authority is not a certificate
 */
export function trustOptions({ ca, serverName, insecure = false }: ServerTrust, url: URL): tls.ConnectionOptions {
    if (ca !== undefined && !isCertificate(ca)) {
        throw distrust("the certificate authority in the kubeconfig is not a PEM certificate");
    }
    const name = serverName ?? url.hostname.replace(/^\[|\]$/g, "");
    return {
        ...(insecure ? {} : { ca: ca ?? systemAuthorities(), allowPartialTrustChain: true }),
        rejectUnauthorized: !insecure,
        servername: net.isIP(name) === 0 ? name : "",
        checkServerIdentity: (_, certificate) =>
            certificate.subjectaltname === undefined
                ? distrust("the server's certificate has no subject alternative name")
                : tls.checkServerIdentity(name, certificate),
    };
}

/** Whether a connection failed because the server's certificate is not trusted. */
export function isDistrust({ code = "" }: NodeJS.ErrnoException): boolean {
    return /CERT|ISSUER|LEAF_SIGNATURE/.test(code);
}

function distrust(message: string): Error {
    return Object.assign(new Error(message), { code: "ERR_TLS_CERT_ALTNAME_INVALID" });
}

function isCertificate(pem: string): boolean {
    try {
        return new X509Certificate(pem).subject !== undefined;
    } catch {
        return false;
    }
}
