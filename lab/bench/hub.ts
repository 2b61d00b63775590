import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { kubectl } from "../kubectl";
import { removeKeptCrds } from "../leftovers";
import { kubeconfigPath } from "../paths";
import { run } from "../processes/run";
import { hasStackFile, readInLab, removeStackFile, writeOtherHub } from "../stacks/project";
import { destroy, pulumi, up } from "../stacks/pulumi";
import { table } from "../tables";
import { toolPath } from "../tools";
import { median, seconds } from "./medians";

const rounds = 3;
const stack = "bench-hub";
const cluster = "dr";
/** Limit of one `helm` command, in milliseconds. */
const timeoutMs = 10 * 60_000;

/**
 * Measures `pulumi up` of a hub on a cluster without Argo CD, alternating with `helm install --wait` of the same chart
 * and same values; and the same `up` again.
 */
export async function hub(): Promise<string[]> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "bench-hub-"));
    const values = path.join(folder, "values.json");
    const { path: chart = "" } = readInLab("hub")["hubspoke:chart"] as { path?: string };
    await clearHub(() => undefined);
    writeOtherHub(stack, cluster);
    const times = { created: [] as number[], unchanged: [] as number[], helm: [] as number[] };
    let unchanged = "";
    try {
        for (let round = 0; round < rounds; round++) {
            times.created.push(await seconds(() => up(stack, () => undefined)));
            const again = ["up", "--yes", "--skip-preview", "--expect-no-changes"];
            times.unchanged.push(await seconds(async () => (unchanged = await pulumi(stack, again))));
            fs.writeFileSync(values, await helm("get", "values", "argocd", "--output=json"));
            await destroy(stack, () => undefined);
            await removeKeptCrds(cluster);
            const install = ["install", "argocd", chart, "--values", values, "--create-namespace", "--wait"];
            times.helm.push(await seconds(() => helm(...install, "--timeout=10m")));
            await removeRelease();
        }
        removeStackFile(stack);
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
    const row = (name: string, all: readonly number[]) => {
        return [name, median(all).toFixed(1), (median(all) / median(times.helm)).toFixed(2)];
    };
    return [
        `Medians of ${rounds} rounds; ${/(\d+) unchanged/.exec(unchanged)?.[1]} resources in the hub's stack:`,
        table(
            ["", "seconds", "times helm install"],
            [
                row("pulumi up of a new hub", times.created),
                row("pulumi up again, nothing to change", times.unchanged),
                row("helm install --wait, same chart and values", times.helm),
            ],
        ),
    ];
}

/** Deletes what an interrupted run of the benchmark left. */
export async function clearHub(report: (line: string) => void): Promise<void> {
    if (hasStackFile(stack)) {
        await destroy(stack, report);
        await removeRelease();
        removeStackFile(stack);
    }
}

async function removeRelease(): Promise<void> {
    await helm("uninstall", "argocd", "--wait", "--ignore-not-found");
    await kubectl(cluster, ["delete", "namespace", "argocd", "--ignore-not-found", "--timeout=50s"]);
    await removeKeptCrds(cluster);
}

async function helm(...args: string[]): Promise<string> {
    const { ok, output, stdout } = await run(
        toolPath("helm"),
        [...args, "--kube-context", cluster, "--namespace", "argocd"],
        { env: { KUBECONFIG: kubeconfigPath }, timeoutMs },
    );
    if (!ok) {
        throw new Error(`helm ${args[0]} of the hub's chart on ${cluster} failed: ${output}`);
    }
    return stdout;
}
