import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import type { ClusterName } from "../../../lab/clusters";
import { kubectl } from "../../../lab/kubectl";
import { kubeconfigPath, labDir } from "../../../lab/paths";
import { run } from "../../../lab/processes/run";
import { toolPath } from "../../../lab/tools";

/** Namespace and name of the administrator by whose token `argocd cluster add` works. */
const administrator = "administrator";

interface Kubeconfig {
    readonly users: readonly { readonly name: string; readonly user: object }[];
    readonly contexts: readonly { readonly name: string; readonly context: object }[];
    readonly "current-context": string;
}

/** How Argo CD's own command registers a cluster, and on which hub. */
export interface ClusterAdd {
    readonly spoke: ClusterName;
    /** Namespace of Argo CD on the hub. */
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    /** Further arguments. */
    readonly more?: readonly string[];
}

/**
 * Registers a spoke on the hub by the real `argocd cluster add`, with an administrator's token on the spoke: from a
 * client certificate it would take the certificate over.
 *
 * @returns the name of the Secret that it made
 */
export async function argocdClusterAdd(given: ClusterAdd): Promise<string> {
    const { spoke, namespace, labels = {}, annotations = {}, more = [] } = given;
    const file = path.join(labDir, "cluster-add-kubeconfig");
    fs.writeFileSync(file, stringify(await kubeconfig(spoke, namespace)), { mode: 0o600 });
    const list = (flag: string, values: Readonly<Record<string, string>>) =>
        Object.entries(values).flatMap(([key, value]) => [flag, `${key}=${value}`]);
    const args = [
        ...["cluster", "add", spoke, "--core", "--yes", "--name", spoke, ...more],
        ...[...list("--label", labels), ...list("--annotation", annotations)],
    ];
    try {
        // Without a Redis that it could reach it fails after the Secret is made.
        const { output } = await run(toolPath("argocd"), args, {
            env: { KUBECONFIG: file, ARGOCD_FAKE_IN_CLUSTER: "true" },
            timeoutMs: 60_000,
        });
        return await secretOf(spoke, namespace, output);
    } finally {
        fs.rmSync(file);
        await kubectl(spoke, ["delete", "clusterrolebinding", administrator]);
        await kubectl(spoke, ["delete", "namespace", administrator, "--wait=false"]);
    }
}

/** Removes from a spoke what `argocd cluster add` made there. */
export async function removeClusterAdd(spoke: ClusterName): Promise<void> {
    await kubectl(spoke, ["delete", "clusterrolebinding", "argocd-manager-role-binding"]);
    await kubectl(spoke, ["delete", "clusterrole", "argocd-manager-role"]);
    await kubectl(spoke, [
        ...["delete", "--ignore-not-found", "--namespace=kube-system"],
        ...["serviceaccount/argocd-manager", "secret/argocd-manager-long-lived-token"],
    ]);
}

/** The lab's kubeconfig, with a token for the spoke and the hub's namespace. */
async function kubeconfig(spoke: ClusterName, namespace: string): Promise<Kubeconfig> {
    await kubectl(spoke, ["create", "namespace", administrator]);
    await kubectl(spoke, ["create", "serviceaccount", administrator, `--namespace=${administrator}`]);
    const subject = `--serviceaccount=${administrator}:${administrator}`;
    await kubectl(spoke, ["create", "clusterrolebinding", administrator, "--clusterrole=cluster-admin", subject]);
    const token = (await kubectl(spoke, ["create", "token", administrator, `--namespace=${administrator}`])).trim();
    const whole = parse(fs.readFileSync(kubeconfigPath, "utf8")) as Kubeconfig;
    return {
        ...whole,
        users: whole.users.map((user) => (user.name === spoke ? { name: spoke, user: { token } } : user)),
        contexts: whole.contexts.map(({ name, context }) => {
            return { name, context: name === "hub" ? { ...context, namespace } : context };
        }),
        "current-context": "hub",
    };
}

async function secretOf(cluster: string, namespace: string, output: string): Promise<string> {
    const json = await kubectl("hub", [
        "get", "secrets", `--namespace=${namespace}`, "--selector=argocd.argoproj.io/secret-type=cluster", "--output=json",
    ]);
    const { items } = JSON.parse(json) as {
        items: { metadata: { name: string }; data: Record<string, string> }[];
    };
    const encoded = Buffer.from(cluster, "utf8").toString("base64");
    const found = items.find(({ data }) => data.name === encoded);
    if (found === undefined) {
        throw new Error(`argocd cluster add made no Secret for ${cluster} in ${namespace}:\n${output}`);
    }
    return found.metadata.name;
}
