import * as fs from "node:fs";
import * as path from "node:path";
import * as tls from "node:tls";

/** Where Linux keeps certificate authorities: the first of these files, and all in these folders (Go, crypto/x509). */
const files = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/tls/cacert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
];
const folders = ["/etc/ssl/certs", "/etc/pki/tls/certs"];

const certificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Reads them once: a run asks many times. */
let authorities: string | undefined;

/**
 * The certificate authorities that this machine trusts, as PEM: those of kubectl and of Pulumi's provider. Node's own
 * list lacks the authorities of a company.
 *
 * @returns nothing where Node cannot read them, on macOS and Windows before Node 22.15; its own list has to do there
 */
export function systemAuthorities(): string | undefined {
    if (process.platform === "darwin" || process.platform === "win32") {
        const { getCACertificates } = tls as { readonly getCACertificates?: (type: "system") => string[] };
        return getCACertificates?.("system").join("\n");
    }
    return (authorities ??= readAuthorities());
}

function readAuthorities(): string {
    const { SSL_CERT_FILE: ownFile, SSL_CERT_DIR: ownFolders } = process.env;
    const file = (ownFile ? [ownFile] : files).map(textIn).find((text) => text !== "");
    const others = (ownFolders ? ownFolders.split(":") : folders).flatMap(textsIn);
    return [...new Set([file ?? "", ...others].flatMap((text) => text.match(certificate) ?? []))].join("\n");
}

function textsIn(folder: string): string[] {
    return fs.existsSync(folder) ? fs.readdirSync(folder).map((name) => textIn(path.join(folder, name))) : [];
}

function textIn(file: string): string {
    try {
        return fs.readFileSync(file, "utf8");
    } catch {
        return "";
    }
}
