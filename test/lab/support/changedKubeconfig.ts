import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import type { ClusterName } from "../../../lab/clusters";
import { kubeconfigPath, labDir } from "../../../lab/paths";

interface KubeConfigFile {
    readonly clusters: { readonly name: string; readonly cluster: { server: string } }[];
    readonly users: { readonly name: string; user: object }[];
    readonly contexts: { readonly name: string; readonly context: { cluster: string; user: string } }[];
}

/** The lab's kubeconfig with another server or user for one cluster, as a file of its own. */
export function kubeconfigWith(
    cluster: ClusterName,
    { server, user }: { readonly server?: string; readonly user?: object },
): string {
    const config = parse(fs.readFileSync(kubeconfigPath, "utf8")) as KubeConfigFile;
    const { context } = config.contexts.find(({ name }) => name === cluster)!;
    const entry = config.clusters.find(({ name }) => name === context.cluster)!;
    entry.cluster.server = server ?? entry.cluster.server;
    config.users.push({ name: "other", user: user ?? config.users.find(({ name }) => name === context.user)!.user });
    context.user = "other";
    const file = path.join(labDir, "changed-kubeconfig");
    fs.writeFileSync(file, stringify(config), { mode: 0o600 });
    return file;
}
