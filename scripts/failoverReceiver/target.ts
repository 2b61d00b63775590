import { InputError } from "../../settings/inputError";
import { readClusters, readHub } from "../failover/clusters";
import { withPatience } from "../failover/patience";

/**
 * Checks at the receiver's start that it could ever move users to a cluster. It asks the hub, and waits for it two
 * minutes at most; it does not ask the cluster, which may be away now.
 *
 * @param stack the hub's
 * @throws InputError with the setting that stands against it; Error if the hub does not answer
 */
export async function requireTarget(stack: string, to: string): Promise<void> {
    const hub = await withPatience("the hub", () => readHub(stack));
    if (!hub.traffic.automatic.enabled) {
        throw new InputError(
            "hubspoke:traffic.automatic.enabled is false on the hub, so users would never move. Read docs/failover.md first",
        );
    }
    const [target] = await withPatience("the hub", async () => {
        return readClusters(hub, [to]).catch((error: Error) => {
            throw new InputError(`--to ${to}: ${error.message}`);
        });
    });
    if (target?.probeUrl === undefined) {
        throw new InputError(
            `--to ${to}: nothing probes the agent there, so users would never move. In the settings of ${target?.stack}, ` +
                `take probe.agent: false away from hubspoke:clusters.${to}, and give it the label deploy: "true" and those that ` +
                "the application with traffic: true selects",
        );
    }
}
