import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { argoCdNamespace, readClusterSecrets } from "../../argocd/hub";
import { askFleet, fleetServer } from "../../fleet/api";
import { inParallel } from "../../../scripts/support/inParallel";
import { type FleetCluster, fleetDir } from "../../fleet/names";
import { kubectl } from "../../kubectl";
import { kubeconfigPath } from "../../paths";
import { run } from "../../processes/run";
import { toolPath } from "../../tools";

interface Kubeconfig {
    readonly contexts: readonly { readonly name: string; readonly context: object }[];
}

/** Registers clusters by `argocd cluster add --core`, one after the other, as a person's loop does. */
export async function addClusters(names: readonly FleetCluster[]): Promise<void> {
    const file = path.join(fleetDir, "cluster-add.kubeconfig");
    fs.writeFileSync(file, stringify(kubeconfigOnHub()), { mode: 0o600 });
    for (const name of names) {
        // Without a Redis that it could reach it fails, after the Secret is made.
        await run(toolPath("argocd"), ["cluster", "add", name, "--core", "--yes", "--name", name], {
            env: { KUBECONFIG: file, ARGOCD_FAKE_IN_CLUSTER: "true" },
            timeoutMs: 60_000,
        });
    }
    fs.rmSync(file);
    const known = (await readClusterSecrets()).map(({ entries }) => entries.name);
    const missing = names.filter((name) => !known.includes(name));
    if (missing.length > 0) {
        throw new Error(`argocd cluster add made no Secret for ${missing.join(", ")}`);
    }
}

/** Removes what `argocd cluster add` made on the hub and on these clusters. */
export async function removeAdded(names: readonly FleetCluster[]): Promise<void> {
    const all = await readClusterSecrets();
    const secrets = all.filter(({ entries }) => names.some((name) => name === entries.name)).map(({ name }) => name);
    await kubectl("hub", ["delete", "secrets", ...secrets, `--namespace=${argoCdNamespace}`]);
    const rbac = "/apis/rbac.authorization.k8s.io/v1";
    const system = "/api/v1/namespaces/kube-system";
    const objects = [
        `${rbac}/clusterrolebindings/argocd-manager-role-binding`,
        `${rbac}/clusterroles/argocd-manager-role`,
        `${system}/secrets/argocd-manager-long-lived-token`,
        `${system}/serviceaccounts/argocd-manager`,
    ];
    await inParallel(names, 4, async (name) => {
        for (const object of objects) {
            await askFleet(fleetServer(name), "DELETE", object);
        }
    });
}

/** The lab's kubeconfig with the hub, and there Argo CD's namespace, as the current context. */
function kubeconfigOnHub(): object {
    const whole = parse(fs.readFileSync(kubeconfigPath, "utf8")) as Kubeconfig;
    const contexts = whole.contexts.map(({ name, context }) => {
        return { name, context: name === "hub" ? { ...context, namespace: argoCdNamespace } : context };
    });
    return { ...whole, contexts, "current-context": "hub" };
}
