import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import type { ClusterName } from "../../../lab/clusters";
import { kubectl } from "../../../lab/kubectl";
import { kubeconfigPath, labDir } from "../../../lab/paths";
import { freePorts, startProcess, stopProcess, waitFor } from "../../../lab/processes";
import { ensureExtras, externalSecretsManifests, toolPath } from "../../../lab/tools";

/** The kinds that the controller needs where it works for one namespace's stores. */
const kinds = [
    "external-secrets.io_externalsecrets.yaml",
    "external-secrets.io_secretstores.yaml",
    "generators.external-secrets.io_generatorstates.yaml",
];

const nameOf = (cluster: ClusterName) => `external-secrets-${cluster}`;

async function crdFiles(): Promise<string[]> {
    const folder = path.join(await externalSecretsManifests(), "config", "crds", "bases");
    return kinds.map((file) => `--filename=${path.join(folder, file)}`);
}

/** Gives a cluster the kinds of the operator. */
export async function addOperatorKinds(cluster: ClusterName): Promise<void> {
    await kubectl(cluster, ["apply", "--server-side", ...(await crdFiles())]);
    // kubectl refuses to wait for a kind that has no conditions yet.
    await waitFor(`the kinds of the operator on ${cluster}`, async () => {
        await kubectl(cluster, ["wait", "--for=condition=Established", "--timeout=30s", ...(await crdFiles())]);
        return { done: undefined };
    }, { timeoutMs: 60_000 });
}

/** Takes the kinds of the operator away, with all objects of them. */
export async function removeOperatorKinds(cluster: ClusterName): Promise<void> {
    await kubectl(cluster, ["delete", "--ignore-not-found", "--timeout=30s", ...(await crdFiles())]);
}

/**
 * Starts the real External Secrets controller on this machine for one spoke, with its CRDs there: an operator that "is
 * there already". Its admission webhook is openly absent, since nothing runs inside the lab's pods.
 */
export async function startSecretsOperator(cluster: ClusterName): Promise<void> {
    await addOperatorKinds(cluster);
    const kubeconfig = path.join(labDir, `${nameOf(cluster)}.kubeconfig`);
    const whole = parse(fs.readFileSync(kubeconfigPath, "utf8")) as Record<string, unknown>;
    fs.writeFileSync(kubeconfig, stringify({ ...whole, "current-context": cluster }), { mode: 0o600 });
    const [metrics] = await freePorts(1);
    const address = `127.0.0.1:${metrics}`;
    await ensureExtras(["external-secrets"], (line) => process.stdout.write(`${line}\n`));
    await startProcess({
        name: nameOf(cluster),
        command: toolPath("external-secrets"),
        args: [
            "--namespace=agent",
            `--metrics-addr=${address}`,
            "--enable-cluster-store-reconciler=false",
            "--enable-cluster-external-secret-reconciler=false",
            "--enable-push-secret-reconciler=false",
            "--enable-cluster-push-secret-reconciler=false",
        ],
        env: { KUBECONFIG: kubeconfig },
        ports: [metrics!],
    });
    await waitFor(
        `${nameOf(cluster)} to serve its metrics`,
        async () => ((await fetch(`http://${address}/metrics`)).ok ? { done: true } : { seen: "no metrics" }),
        { timeoutMs: 60_000, processes: [nameOf(cluster)] },
    );
}

/** Ends the controller, and takes its kinds away. */
export async function stopSecretsOperator(cluster: ClusterName): Promise<void> {
    await stopProcess(nameOf(cluster));
    await removeOperatorKinds(cluster);
    fs.rmSync(path.join(labDir, `${nameOf(cluster)}.kubeconfig`), { force: true });
}
