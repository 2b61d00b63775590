import { kubeconfigPath } from "./paths";
import { run } from "./processes/run";
import { toolPath } from "./tools";
import type { ClusterName } from "./clusters";
import type { FleetCluster } from "./fleet/names";

/** Limit of one `kubectl` command, in milliseconds. */
const timeoutMs = 60_000;

/**
 * Runs the lab's `kubectl` on one cluster.
 *
 * @returns its standard output
 * @throws Error with its output, if it fails or takes more than a minute
 */
export async function kubectl(cluster: ClusterName | FleetCluster, args: readonly string[]): Promise<string> {
    const result = await run(toolPath("kubectl"), ["--context", cluster, ...args], {
        env: { KUBECONFIG: kubeconfigPath },
        timeoutMs,
    });
    if (!result.ok) {
        throw new Error(`kubectl ${args.join(" ")} on ${cluster} failed: ${result.output}`);
    }
    return result.stdout;
}
