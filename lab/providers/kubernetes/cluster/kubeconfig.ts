import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { KubeConfig, type Context } from "@kubernetes/client-node";
import { firstGiven } from "../../plugin/values";
import type { Settings } from "../settings";

/** A kubeconfig reduced to the one context that a provider uses. */
export interface ClusterAccess {
    readonly kubeConfig: KubeConfig;
    /** Namespace for objects that name none. */
    readonly namespace: string;
}

/**
 * Reads the kubeconfig of a provider: its `kubeconfig` input (contents or path), else KUBECONFIG, else
 * ~/.kube/config; then applies `context`, `cluster` and `namespace`. Throws an error that says what is
 * missing.
 */
export function loadKubeConfig(settings: Settings): ClusterAccess {
    const kubeConfig = new KubeConfig();
    if (settings.kubeconfig === "") {
        kubeConfig.loadFromDefault({ onInvalidEntry: "throw" });
    } else {
        loadGiven(kubeConfig, expandHome(settings.kubeconfig));
    }
    selectContext(kubeConfig, settings);
    const context = reduce(kubeConfig);
    return { kubeConfig, namespace: firstGiven(settings.namespace, context?.namespace, "default") };
}

/** Keeps only what the current context uses. */
function reduce(kubeConfig: KubeConfig): Context | undefined {
    const context = kubeConfig.contexts.find(({ name }) => name === kubeConfig.getCurrentContext());
    kubeConfig.contexts = context === undefined ? [] : [context];
    kubeConfig.clusters = kubeConfig.clusters.filter(({ name }) => name === context?.cluster);
    kubeConfig.users = kubeConfig.users.filter(({ name }) => name === context?.user);
    return context;
}

function loadGiven(kubeConfig: KubeConfig, contentsOrPath: string): void {
    const isFile = !contentsOrPath.includes("\n") && fs.existsSync(contentsOrPath);
    if (isFile) {
        kubeConfig.loadFromFile(contentsOrPath, { onInvalidEntry: "throw" });
        return;
    }
    if (!/[\n{:]/.test(contentsOrPath)) {
        throw new Error(`kubeconfig: "${contentsOrPath}" is neither a file nor the contents of a kubeconfig`);
    }
    kubeConfig.loadFromString(contentsOrPath, { onInvalidEntry: "throw" });
}

function expandHome(file: string): string {
    return file === "~" || file.startsWith("~/") ? path.join(os.homedir(), file.slice(1)) : file;
}

function selectContext(kubeConfig: KubeConfig, settings: Settings): void {
    const name = firstGiven(settings.context, kubeConfig.getCurrentContext());
    const context = kubeConfig.getContextObject(name);
    if (context === null) {
        const known = kubeConfig.getContexts().map(({ name }) => name);
        const problem = name === "" ? "no context is selected" : `context "${name}" does not exist`;
        throw new Error(`${problem}; known contexts: ${firstGiven(known.join(", "), "none")}`);
    }
    kubeConfig.setCurrentContext(name);
    if (settings.cluster !== "") {
        kubeConfig.contexts = kubeConfig.contexts.map((known) =>
            known.name === name ? { ...known, cluster: settings.cluster } : known,
        );
    }
    const cluster = kubeConfig.getCurrentCluster();
    if (cluster === null) {
        const missing = firstGiven(settings.cluster, context.cluster);
        throw new Error(`context "${name}" names the cluster "${missing}", which does not exist`);
    }
    if (!URL.canParse(cluster.server)) {
        throw new Error(`the server of cluster "${cluster.name}" is "${cluster.server}", which is not a URL`);
    }
}
