import { beginPromotion, endPromotion } from "../../clusters/promotions";
import { GiveUp, waitFor } from "../../clusters/wait";
import { quarantinedIn } from "../../preflight/quarantine";
import { agentKey } from "../../settings/agentKey";
import { milliseconds } from "../../settings/duration";
import { pinOf, revisionPin } from "../../settings/pins";
import { refuseLeftAlone } from "../support/leftAlone";
import { say } from "../support/main";
import { settingsFile, upCommand } from "../support/stackFile";
import type { EnvironmentStack } from "../support/stacks";
import { progressOf } from "./checks";
import { movePins } from "./movePins";
import { refuseWithoutRollout } from "./rings";
import { clustersWith, expectedOf, found } from "./target";

const pollMs = 1_000;

/**
 * Promotes a revision to all clusters of an environment at once, and waits until they are Synced and Healthy at it.
 *
 * @throws Error with the way back, if that does not come about; InputError if a release in rings is under way
 */
export async function promoteAtOnce(
    target: EnvironmentStack,
    application: string,
    revision: string,
    timeout: string,
): Promise<void> {
    const { hub, namespace, stack } = target;
    await refuseWithoutRollout(target, application);
    await refuseLeftAlone(target);
    const clusters = clustersWith(target, application);
    const promoted = clusters.map((cluster) => ({ application, cluster }));
    for (const cluster of quarantinedIn(target.settings)) {
        say(`${stack}: ${cluster} is in quarantine: it gets ${revision} when that is lifted`);
    }
    const pin = revisionPin(revision);
    const pins = Object.fromEntries(clusters.map((name) => [name, pin]));
    await movePins(target, { application, operation: "the promotion", pins, on: clusters }, async (bringUp) => {
        await beginPromotion(hub, namespace, promoted, revision);
        try {
            await bringUp();
            await waitUntilHealthy(target, application, revision, timeout);
        } catch (error) {
            throw new Error(`${(error as Error).message}\n${wayBack(target, clusters, application, revision)}`, { cause: error });
        }
    });
    await endPromotion(hub, namespace, promoted);
    say(`${stack} is Synced and Healthy at ${revision}. Commit ${settingsFile(stack)}`);
}

async function waitUntilHealthy(
    target: EnvironmentStack,
    application: string,
    revision: string,
    timeout: string,
): Promise<void> {
    const { environment } = target.settings;
    const expected = expectedOf(target, application);
    await waitFor(`${application} on ${environment} to be Synced and Healthy at ${revision}`, async () => {
        const progress = progressOf(expected, await found(target, application), revision);
        if ("failed" in progress) {
            throw new GiveUp(`${application} on ${environment} does not become healthy at ${revision}:\n${progress.failed}`);
        }
        return progress;
    }, { timeoutMs: milliseconds(timeout), intervalMs: pollMs });
}

/** The pins of the promoted clusters before the promotion, and how to restore them. */
function wayBack(target: EnvironmentStack, clusters: string[], application: string, revision: string): string {
    const { stack, settings } = target;
    const pins = clusters.map((name) => {
        const { revision: before, values } = pinOf(settings.clusters[name]!, application);
        const ofValues = values === undefined ? "" : `, values ${values}`;
        return before === undefined ? `${name}: no revision` : `${name}: revision ${before}${ofValues}, rollbackFrom ${revision}`;
    });
    const at = application === agentKey ? "" : ` (under revisions.${application})`;
    return (
        `The promotion stopped. To continue, run it again. To roll back, write into ${settingsFile(stack)}${at}: ` +
        `${pins.join("; ")}. Then: ${upCommand(stack)}`
    );
}
