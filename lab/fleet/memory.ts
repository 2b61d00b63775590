import { memoryForProcesses } from "../../scripts/support/memory";

/**
 * Memory of one lean control plane, in MB: API server and controllers, proportional set size, with Argo CD connected
 * (docs/scale.md).
 */
const megabytesOfCluster = 200;

/** For Argo CD, Pulumi and the machine itself, in MB. */
const reserve = 2_000;

/**
 * Refuses more control planes than the available memory holds: a machine without memory would end some at random.
 *
 * @param count how many are to be started
 * @param available memory for new processes, in MB
 */
export function refuseTooMany(count: number, available = memoryForProcesses() / 1024 / 1024): void {
    const most = Math.max(0, Math.floor((available - reserve) / megabytesOfCluster));
    if (count > most) {
        throw new Error(
            `--clusters: ${count} more control planes need about ${(count * megabytesOfCluster / 1024).toFixed(1)} GB, and ` +
                `${(available / 1024).toFixed(1)} GB are available, of which ${(reserve / 1024).toFixed(1)} stay for Argo CD and ` +
                `Pulumi. Write at most ${most} more, or end other programs`,
        );
    }
}
