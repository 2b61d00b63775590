import { beginPromotion, endPromotion } from "../../clusters/promotions";
import { GiveUp, waitFor } from "../../clusters/wait";
import { quarantinedIn } from "../../preflight/quarantine";
import { agentKey } from "../../settings/agentKey";
import { milliseconds } from "../../settings/duration";
import { pinOf, revisionPin } from "../../settings/pins";
import { planExactly, upAsPlanned } from "../support/exactUp";
import { inFolder } from "../support/folder";
import { inParallel } from "../support/inParallel";
import { refuseLeftAlone } from "../support/leftAlone";
import { say } from "../support/main";
import { setPins, settingsFile, stacksAtOnce } from "../support/stackFile";
import { byStack, type EnvironmentStack } from "../support/stacks";
import { progressOf } from "./checks";
import { promotionOwns, promotionTargets } from "./owns";
import { clustersWith, expectedOf, found, withRollback } from "./target";

const pollMs = 1_000;

/**
 * Promotes a revision to all clusters of an environment at once, and waits until they are Synced and Healthy at it.
 *
 * @throws Error with the way back, if that does not come about
 */
export async function promoteAtOnce(
    target: EnvironmentStack,
    application: string,
    revision: string,
    timeout: string,
): Promise<void> {
    const { hub, namespace, stack } = target;
    await refuseLeftAlone(target);
    const clusters = clustersWith(target, application);
    const promoted = clusters.map((cluster) => ({ application, cluster }));
    for (const cluster of quarantinedIn(target.settings)) {
        say(`${stack}: ${cluster} is in quarantine: it gets ${revision} when that is lifted`);
    }
    const pin = revisionPin(revision);
    const pins = await withRollback(target, application, Object.fromEntries(clusters.map((name) => [name, pin])));
    const promotions = byStack(target, clusters).map(([part, own]) => ({
        stack: part,
        operation: "the promotion",
        edit: (file: string) => setPins(file, application, pins),
        owns: promotionOwns(application, own),
        targets: promotionTargets(own),
    }));
    const atOnce = stacksAtOnce(promotions.map((promotion) => promotion.stack));
    await inFolder(async (folder) => {
        await inParallel(promotions, atOnce, (promotion) => planExactly(promotion, folder));
        await beginPromotion(hub, namespace, promoted, revision);
        try {
            await inParallel(promotions, atOnce, (promotion) => upAsPlanned(promotion, folder));
            await waitUntilHealthy(target, application, revision, timeout);
        } catch (error) {
            throw new Error(`${(error as Error).message}\n${wayBack(target, application, revision)}`, { cause: error });
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
        return "done" in progress ? { done: undefined } : progress;
    }, { timeoutMs: milliseconds(timeout), intervalMs: pollMs });
}

/** The pins before the promotion, and how to restore them. */
function wayBack({ stack, settings }: EnvironmentStack, application: string, revision: string): string {
    const pins = Object.entries(settings.clusters).map(([name, spoke]) => {
        const { revision: before, values } = pinOf(spoke, application);
        const ofValues = values === undefined ? "" : `, values ${values}`;
        return before === undefined ? `${name}: no revision` : `${name}: revision ${before}${ofValues}, rollbackFrom ${revision}`;
    });
    const at = application === agentKey ? "" : ` (under revisions.${application})`;
    return (
        `The promotion stopped. To continue, run it again. To roll back, write into ${settingsFile(stack)}${at}: ` +
        `${pins.join("; ")}. Then: pulumi up --stack ${stack}`
    );
}
