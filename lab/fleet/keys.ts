import { generateKeyPairSync, X509Certificate } from "node:crypto";
import * as fs from "node:fs";
import { stringify } from "yaml";
import { writeFileWhole } from "../processes";
import { clusterFiles, type FleetCluster } from "./names";

const administrator = "admin";

/** Writes the key that signs a cluster's ServiceAccount tokens, unless there is one, and its administrator's token. */
export function writeKeys(cluster: FleetCluster, token: string): void {
    const { folder, accountKey, tokens } = clusterFiles(cluster);
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileWhole(tokens, `${token},${administrator},${administrator},"system:masters"\n`, 0o600);
    if (!fs.existsSync(accountKey)) {
        const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
        writeFileWhole(accountKey, privateKey.export({ format: "pem", type: "sec1" }) as string, 0o600);
    }
}

/**
 * Writes the certificate of the authority that an API server made for itself (`--cert-dir`): it follows the server's
 * own in the same file.
 *
 * @returns whether the API server has made it already
 */
export function writeAuthority(cluster: FleetCluster): boolean {
    const { serving, ca } = clusterFiles(cluster);
    const text = fs.existsSync(serving) ? fs.readFileSync(serving, "utf8") : "";
    const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g) ?? [];
    const authority = certificates.find((each) => new X509Certificate(each).ca);
    if (authority === undefined) {
        return false;
    }
    writeFileWhole(ca, authority);
    return true;
}

/** Writes the administrator's kubeconfig, for the cluster's own controllers. */
export function writeControllersKubeconfig(cluster: FleetCluster, server: string, token: string): void {
    const { ca, kubeconfig } = clusterFiles(cluster);
    const content = {
        apiVersion: "v1",
        kind: "Config",
        clusters: [{ name: cluster, cluster: { server, "certificate-authority": ca } }],
        users: [{ name: administrator, user: { token } }],
        contexts: [{ name: cluster, context: { cluster, user: administrator } }],
        "current-context": cluster,
    };
    writeFileWhole(kubeconfig, stringify(content), 0o600);
}
