/**
 * Promotes the proved revision of one environment to another, whose stack file pins it:
 *
 *     npm run promote -- --from staging --to prod [--timeout 15m]
 *
 * The names are those of stacks. It changes nothing unless the first environment is Synced and Healthy at one revision
 * for the hub's `rollout.soak`. Then it changes the pins of the second one, brings up its cluster Secrets, and waits
 * until that environment is Synced and Healthy too. It deploys no other pending change of the stack, and refuses if
 * anything except the pin would change in the Secrets. The hub records the promotion. After an interruption, run it
 * again: it continues.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { quarantinedLabel } from "../../clusters/names";
import { agentApplicationsIn } from "../../clusters/applications";
import { readPromotions, recordPromotion } from "../../clusters/promotions";
import { progressOf, provedRevision } from "./checks";
import { milliseconds } from "../../settings/duration";
import { movePins, stackFile } from "../support/stackFile";
import { main, say } from "../support/main";
import { planExactly, upAsPlanned } from "../support/exactUp";
import { inFolder } from "../support/folder";
import { promotionOwns, promotionTargets } from "./owns";
import { type EnvironmentStack, environmentStack } from "../support/stacks";

const pollMs = 1_000;

async function promote(args: string[]): Promise<void> {
    const { from, to, timeout } = options(args);
    const [source, target] = await Promise.all([environmentStack(from), environmentStack(to)]);
    const { rollout: rules } = target;
    if (rules.strategy !== "pinned") {
        throw new Error('the hub\'s rollout is "rolling": Argo CD promotes by itself, so there is no pin to change');
    }
    const applications = await applicationsIn(source);
    const revision = provedRevision(from, agentsOf(source), applications, Date.now(), milliseconds(rules.soak));
    say(`${from} is Synced and Healthy at ${revision} for ${rules.soak} or more: promoting it to ${to}`);
    const clusters = Object.keys(target.settings.clusters);
    const recorded = Object.entries(await readPromotions(target.hub, target.namespace));
    const goneBack = recorded.filter(([, { superseded }]) => superseded.includes(revision));
    const rollbackFrom = Object.fromEntries(goneBack.map(([cluster, promotion]) => [cluster, promotion.revision]));
    const promotion = {
        stack: to,
        operation: "the promotion",
        edit: (file: string) => movePins(file, revision, rollbackFrom),
        owns: promotionOwns(clusters),
        targets: promotionTargets(clusters),
    };
    await inFolder(async (folder) => {
        await planExactly(promotion, folder);
        try {
            await upAsPlanned(promotion, folder);
            await waitUntilHealthy(target, revision, timeout);
        } catch (error) {
            throw new Error(`${(error as Error).message}\n${wayBack(target)}`, { cause: error });
        }
    });
    await recordPromotion(target.hub, target.namespace, pinsOf(target), revision);
    say(`${to} is Synced and Healthy at ${revision}. Commit ${stackFile(to)}`);
}

function options(args: string[]): { from: string; to: string; timeout: string } {
    const { values } = parseArgs({
        args,
        options: { from: { type: "string" }, to: { type: "string" }, timeout: { type: "string", default: "15m" } },
    });
    const { from, to, timeout } = values;
    if (from === undefined || to === undefined || from === to || milliseconds(timeout) === 0) {
        throw new Error("usage: npm run promote -- --from STACK --to ANOTHER [--timeout 15m]");
    }
    return { from, to, timeout };
}

/** Without the Applications of clusters in quarantine, whose status is old. */
async function applicationsIn({ hub, namespace, settings }: EnvironmentStack) {
    const all = await agentApplicationsIn(hub, namespace, settings.environment);
    return all.filter(({ metadata }) => metadata.labels?.[quarantinedLabel] === undefined);
}

/** Names of the Applications that the environment's clusters should have, except clusters in quarantine. */
function agentsOf({ settings }: EnvironmentStack): string[] {
    const clusters = Object.entries(settings.clusters);
    const delivered = clusters.filter(([, { labels, quarantined }]) => labels.deploy === "true" && !quarantined);
    return delivered.map(([name]) => `agent-${name}`);
}

async function waitUntilHealthy(target: EnvironmentStack, revision: string, timeout: string): Promise<void> {
    const { environment } = target.settings;
    const expected = agentsOf(target);
    const deadline = Date.now() + milliseconds(timeout);
    for (;;) {
        const progress = progressOf(expected, await applicationsIn(target), revision);
        if ("done" in progress) {
            return;
        }
        if ("failed" in progress) {
            throw new Error(`${environment} runs ${revision}, but is not healthy:\n${progress.failed}`);
        }
        if (Date.now() > deadline) {
            throw new Error(`waited ${timeout} for ${environment} at ${revision}; last seen:\n${progress.seen}`);
        }
        await sleep(pollMs);
    }
}

/** The revision of each cluster before the promotion. */
function pinsOf({ settings }: EnvironmentStack): Record<string, string | undefined> {
    return Object.fromEntries(Object.entries(settings.clusters).map(([name, { revision }]) => [name, revision]));
}

/** The pins before the promotion, and how to restore them. */
function wayBack(target: EnvironmentStack): string {
    const { stack } = target;
    const pins = Object.entries(pinsOf(target)).map(
        ([name, revision]) => `${name}: ${revision ?? "no revision, which follows the branch"}`,
    );
    return (
        `The promotion stopped. To roll back, write the old revision into ${stackFile(stack)} (${pins.join("; ")}), ` +
        `then: pulumi up --stack ${stack}`
    );
}

main(promote);
