import * as fs from "node:fs";
import { parse, stringify } from "yaml";
import { kubeconfigPath } from "../paths";
import { fleetServer } from "../fleet/api";
import type { FleetCluster } from "../fleet/names";
import { recordedClusters } from "../fleet/record";
import { writeFileWhole } from "../processes";
import { readCredentials } from "./api";
import { type ClusterName, clusterNames } from "./names";
import { readCluster, serverUrl } from "./record";

/** A cluster in the kubeconfig; `user` has its administrator's credential. */
interface Entry {
    readonly name: string;
    readonly server: string;
    readonly ca: string;
    readonly user: object;
}

/**
 * Writes one kubeconfig, readable by its owner only, with a context for each cluster, also the lean ones, and the
 * credentials inside, so that it works from any folder. Keeps the current context that the user chose.
 */
export function writeKubeconfig(): void {
    const entries = [...clusterNames.map(entryOf), ...recordedClusters().map(leanEntry)];
    const content = stringify({
        apiVersion: "v1",
        kind: "Config",
        clusters: entries.map(({ name, server, ca }) => {
            return { name, cluster: { server, "certificate-authority-data": base64(ca) } };
        }),
        users: entries.map(({ name, user }) => ({ name, user })),
        contexts: entries.map(({ name }) => ({ name, context: { cluster: name, user: name } })),
        "current-context": currentContext(entries),
    });
    if (!fs.existsSync(kubeconfigPath) || fs.readFileSync(kubeconfigPath, "utf8") !== content) {
        writeFileWhole(kubeconfigPath, content, 0o600);
    }
}

function entryOf(name: ClusterName): Entry {
    const record = readCluster(name);
    if (!record) {
        throw new Error(`cannot write the lab's kubeconfig: the cluster ${name} was never started`);
    }
    const { ca, cert, key } = readCredentials(name);
    const user = { "client-certificate-data": base64(cert), "client-key-data": base64(key) };
    return { name, server: serverUrl(record), ca, user };
}

function leanEntry(name: FleetCluster): Entry {
    const { url, ca, token } = fleetServer(name);
    return { name, server: url, ca, user: { token } };
}

function currentContext(entries: readonly Entry[]): string {
    try {
        const config = parse(fs.readFileSync(kubeconfigPath, "utf8")) as { "current-context"?: string };
        return entries.find(({ name }) => name === config["current-context"])?.name ?? "hub";
    } catch {
        return "hub";
    }
}

function base64(text: string): string {
    return Buffer.from(text).toString("base64");
}
