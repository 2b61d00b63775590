/**
 * Rebuilds a lost hub on a new, empty cluster, which the hub's stack file must already name:
 *
 *     npm run rebuild [-- --hub hub] [--active CLUSTER] [--timeout 15m]
 *
 * First it compares the settings with the states of the stacks, and refuses an older checkout: the hub's records, which
 * do that otherwise, are lost. --active confirms which cluster users reach, if somebody has moved them by hand since.
 *
 * Then it refreshes and deploys the hub's stack, and after it the stack of each environment, which registers its
 * clusters again. The spokes keep running: Argo CD creates Applications with the same names, which adopt the running
 * resources.
 */
import { waitFor } from "../../clusters/wait";
import { applicationOn, findApplication } from "../../clusters/applications";
import { environments } from "../support/environments";
import { inParallel } from "../support/inParallel";
import { main, say } from "../support/main";
import { pulumi } from "../support/pulumi";
import { stacksAtOnce } from "../support/stackFile";
import { environmentStack, expectedApplications } from "../support/stacks";
import { type RebuildOptions, rebuildOptions } from "./options";
import { refuseStaleCheckout } from "./refuse";

/**
 * Rebuilds the hub and registers the clusters of all environments.
 *
 * @throws InputError if a stack file is older than what was deployed, before any change; Error that names each
 *     environment that is not restored
 */
export async function rebuild({ hub, active, timeoutMs }: RebuildOptions): Promise<void> {
    const stacks = (await environments()).map(({ stack }) => stack);
    await refuseStaleCheckout(hub, stacks, active);

    await timed(`${hub}: the hub is up`, () => refreshAndUp(hub));
    // The stacks are independent, and each one reports its own failure.
    const ended = await inParallel(stacks, stacksAtOnce(stacks), async (stack) => {
        const work = async () => {
            await timed(`${stack}: its clusters are registered`, () => refreshAndUp(stack));
            await timed(`${stack}: its Applications are Synced and Healthy`, () => waitUntilAdopted(stack, timeoutMs));
        };
        return work().then(() => [], (error: Error) => [error.message]);
    });
    const failures = ended.flat();
    if (failures.length > 0) {
        throw new Error(`${failures.length} of ${stacks.length} environments are not restored:\n${failures.join("\n")}`);
    }
    say(
        "Everything is restored. Lost with the old hub: Argo CD's deployment history, and the records of failovers, " +
            "promotions and releases. A release in rings that was under way stands where it was: promote it again",
    );
}

async function refreshAndUp(stack: string): Promise<void> {
    await pulumi(stack, ["up", "--refresh", "--yes", "--skip-preview"]);
}

async function waitUntilAdopted(stack: string, timeoutMs: number): Promise<void> {
    const environment = await environmentStack(stack);
    const { hub, namespace } = environment;
    const expected = expectedApplications(environment);
    await waitFor(`${stack} to be Synced and Healthy`, async () => {
        const states = await Promise.all(
            expected.map(async ({ application, argoCdName }) => {
                const { sync, health } = (await findApplication(hub, namespace, application, argoCdName))?.status ?? {};
                return `${applicationOn(application, argoCdName)} ${sync?.status ?? "Unknown"} ${health?.status ?? "Unknown"}`;
            }),
        );
        const waiting = states.filter((state) => !state.endsWith("Synced Healthy"));
        return waiting.length === 0 ? { done: undefined } : { seen: waiting.join(", ") };
    }, { timeoutMs, intervalMs: 1000 });
}

async function timed(what: string, work: () => Promise<void>): Promise<void> {
    const begin = Date.now();
    await work();
    say(`${what}, after ${((Date.now() - begin) / 1000).toFixed(1)} s`);
}

main(module, (args) => rebuild(rebuildOptions(args)));
