import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { addressOf, type ClusterAddress } from "../../../../clusters/kubeconfig";
import { problemIn } from "../../../../clusters/kubeconfig/check";
import type { Cluster, User } from "../../../../clusters/kubeconfig/fields";
import { type Kubeconfig, readDefault, readText } from "../../../../clusters/kubeconfig/files";
import { firstGiven } from "../../plugin/values";
import type { Settings } from "../settings";

/** The one context of a kubeconfig that a provider uses. */
export interface ClusterAccess {
    readonly address: ClusterAddress;
    /** Namespace for objects that name none. */
    readonly namespace: string;
}

/** What a context names. */
interface Selected {
    readonly cluster: Cluster;
    readonly server: string;
    readonly user: Partial<User>;
    readonly namespace: string | undefined;
}

/** The name of the stand-in in errors. */
const setting = "provider";

/**
 * Reads the kubeconfig of a provider: its `kubeconfig` input (contents or path), else KUBECONFIG, else
 * ~/.kube/config; then applies `context`, `cluster` and `namespace`. Throws an error that says what is
 * missing. The program's own reading is used, which is client-go's, as in the official provider.
 */
export async function loadKubeConfig(settings: Settings): Promise<ClusterAccess> {
    const kubeconfig = settings.kubeconfig === "" ? await readDefault(setting) : readGiven(settings.kubeconfig);
    const { cluster, server, user, namespace } = select(kubeconfig, settings);
    const address = await addressOf(setting, cluster, server, user);
    return { address, namespace: firstGiven(settings.namespace, namespace ?? "", "default") };
}

/** The cluster's entry in the `kubeconfig` input. */
export function givenCluster(settings: Settings): Cluster {
    return select(readGiven(settings.kubeconfig), settings).cluster;
}

function readGiven(input: string): Kubeconfig {
    const contentsOrPath = expandHome(input);
    if (!contentsOrPath.includes("\n") && fs.existsSync(contentsOrPath)) {
        return readText({ setting, file: contentsOrPath }, fs.readFileSync(contentsOrPath, "utf8"));
    }
    if (!/[\n{:]/.test(contentsOrPath)) {
        throw new Error(`kubeconfig: "${contentsOrPath}" is neither a file nor the contents of a kubeconfig`);
    }
    return readText({ setting }, contentsOrPath);
}

function expandHome(file: string): string {
    return file === "~" || file.startsWith("~/") ? path.join(os.homedir(), file.slice(1)) : file;
}

function select({ contexts, clusters, users, currentContext = "" }: Kubeconfig, settings: Settings): Selected {
    const name = firstGiven(settings.context, currentContext);
    const context = contexts.get(name);
    if (context === undefined) {
        const known = [...contexts.keys()].join(", ");
        const problem = name === "" ? "no context is selected" : `context "${name}" does not exist`;
        throw new Error(`${problem}; known contexts: ${firstGiven(known, "none")}`);
    }
    const clusterName = firstGiven(settings.cluster, context.cluster ?? "");
    const cluster = clusters.get(clusterName);
    if (cluster === undefined) {
        throw new Error(`context "${name}" names the cluster "${clusterName}", which does not exist`);
    }
    const { server = "" } = cluster;
    const user = users.get(context.user ?? "") ?? {};
    const problem = URL.canParse(server) ? problemIn(cluster, user) : "has a server that is not a URL";
    if (problem !== undefined) {
        throw new Error(`context "${name}" ${problem}`);
    }
    return { cluster, server, user, namespace: context.namespace };
}
