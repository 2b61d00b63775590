import * as fs from "node:fs";
import { parse, stringify } from "yaml";
import { kubeconfigPath } from "../paths";
import { writeFileWhole } from "../processes";
import { readCredentials } from "./api";
import { type ClusterName, clusterNames } from "./names";
import { readCluster, serverUrl } from "./record";

/**
 * Writes one kubeconfig, readable by its owner only, with a context for each cluster and the
 * certificates inside, so that it works from any folder. Keeps the current context that the user chose.
 */
export function writeKubeconfig(): void {
    const content = stringify({
        apiVersion: "v1",
        kind: "Config",
        clusters: clusterNames.map(clusterEntry),
        users: clusterNames.map(userEntry),
        contexts: clusterNames.map((name) => ({ name, context: { cluster: name, user: name } })),
        "current-context": currentContext(),
    });
    if (!fs.existsSync(kubeconfigPath) || fs.readFileSync(kubeconfigPath, "utf8") !== content) {
        writeFileWhole(kubeconfigPath, content, 0o600);
    }
}

function clusterEntry(name: ClusterName): object {
    const record = readCluster(name);
    if (!record) {
        throw new Error(`cannot write the lab's kubeconfig: the cluster ${name} was never started`);
    }
    const { ca } = readCredentials(name);
    return { name, cluster: { server: serverUrl(record), "certificate-authority-data": base64(ca) } };
}

function userEntry(name: ClusterName): object {
    const { cert, key } = readCredentials(name);
    return { name, user: { "client-certificate-data": base64(cert), "client-key-data": base64(key) } };
}

function currentContext(): ClusterName {
    try {
        const config = parse(fs.readFileSync(kubeconfigPath, "utf8")) as { "current-context"?: string };
        return clusterNames.find((name) => name === config["current-context"]) ?? "hub";
    } catch {
        return "hub";
    }
}

function base64(text: string): string {
    return Buffer.from(text).toString("base64");
}
