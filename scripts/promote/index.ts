/**
 * Promotes the proved revision of one environment to another, whose stack file pins it:
 *
 *     npm run promote -- --from staging --to prod [--timeout 15m]
 *
 * The names are those of stacks. It changes nothing unless the first environment is Synced and Healthy at one revision
 * for the hub's `rollout.soak`. Then it changes the pins of the second one, brings up its cluster Secrets, and waits
 * until that environment is Synced and Healthy too. It deploys no other pending change of the stack, and refuses if
 * anything except the pin would change in the Secrets. The hub records the promotion before and after. After an
 * interruption, run it again: it continues. A cluster in quarantine gets the pin, and the revision when that is lifted.
 */
import { parseArgs } from "node:util";
import { agentApplication, agentApplicationsIn } from "../../clusters/applications";
import { beginPromotion, endPromotion, promotionsThatMoved, readPromotions } from "../../clusters/promotions";
import { registrations } from "../../clusters/registrations";
import { GiveUp, waitFor } from "../../clusters/wait";
import { progressOf, provedRevision } from "./checks";
import { argoCdNameOf } from "../../settings/argoCdName";
import { milliseconds } from "../../settings/duration";
import { movePins, stackFile } from "../support/stackFile";
import { main, say } from "../support/main";
import { planExactly, upAsPlanned } from "../support/exactUp";
import { inFolder } from "../support/folder";
import { refuseLeftAlone } from "../support/leftAlone";
import { promotionOwns, promotionTargets } from "./owns";
import { quarantinedIn } from "../../preflight/quarantine";
import { type EnvironmentStack, environmentStack } from "../support/stacks";

const pollMs = 1_000;

async function promote(args: string[]): Promise<void> {
    const { from, to, timeout } = options(args);
    const [source, target] = await Promise.all([environmentStack(from), environmentStack(to)]);
    const { rollout: rules } = target;
    if (rules.strategy !== "pinned") {
        throw new Error('the hub\'s rollout is "rolling": Argo CD promotes by itself, so there is no pin to change');
    }
    await refuseLeftAlone(target);
    const applications = await applicationsIn(source);
    const revision = provedRevision(from, agentsOf(source), applications, Date.now(), milliseconds(rules.soak));
    say(`${from} is Synced and Healthy at ${revision} for ${rules.soak} or more: promoting it to ${to}`);
    const { hub, namespace } = target;
    const clusters = Object.keys(target.settings.clusters);
    for (const cluster of quarantinedIn(target.settings)) {
        say(`${to}: ${cluster} is in quarantine: it gets ${revision} when that is lifted`);
    }
    const rollbackFrom = await rollbacks(target, revision);
    const promotion = {
        stack: to,
        operation: "the promotion",
        edit: (file: string) => movePins(file, revision, rollbackFrom),
        owns: promotionOwns(clusters),
        targets: promotionTargets(clusters),
    };
    await inFolder(async (folder) => {
        await planExactly(promotion, folder);
        await beginPromotion(hub, namespace, clusters, revision);
        try {
            await upAsPlanned(promotion, folder);
            await waitUntilHealthy(target, revision, timeout);
        } catch (error) {
            throw new Error(`${(error as Error).message}\n${wayBack(target, revision)}`, { cause: error });
        }
    });
    await endPromotion(hub, namespace, clusters);
    say(`${to} is Synced and Healthy at ${revision}. Commit ${stackFile(to)}`);
}

/** The promoted revision of each cluster on which a promotion has replaced the given one. */
async function rollbacks({ hub, namespace }: EnvironmentStack, revision: string): Promise<Record<string, string>> {
    const [record, existing] = await Promise.all([readPromotions(hub, namespace), registrations(hub, namespace)]);
    const goneBack = Object.entries(promotionsThatMoved(record, existing)).filter(([, { superseded }]) => {
        return superseded.includes(revision);
    });
    return Object.fromEntries(goneBack.map(([cluster, promotion]) => [cluster, promotion.revision]));
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
    const old = quarantinedIn(settings).map((name) => agentApplication(argoCdNameOf(name, settings.clusters[name])));
    return all.filter(({ metadata }) => !old.includes(metadata.name));
}

/** Names of the Applications that the environment's clusters should have, except clusters in quarantine. */
function agentsOf({ settings }: EnvironmentStack): string[] {
    const clusters = Object.entries(settings.clusters);
    const delivered = clusters.filter(([, { labels, quarantined }]) => labels.deploy === "true" && !quarantined);
    return delivered.map(([name, one]) => agentApplication(argoCdNameOf(name, one)));
}

async function waitUntilHealthy(target: EnvironmentStack, revision: string, timeout: string): Promise<void> {
    const { environment } = target.settings;
    const expected = agentsOf(target);
    await waitFor(`${environment} to be Synced and Healthy at ${revision}`, async () => {
        const progress = progressOf(expected, await applicationsIn(target), revision);
        if ("failed" in progress) {
            throw new GiveUp(`${environment} does not become healthy at ${revision}:\n${progress.failed}`);
        }
        return "done" in progress ? { done: undefined } : progress;
    }, { timeoutMs: milliseconds(timeout), intervalMs: pollMs });
}

/** The revision of each cluster before the promotion. */
function pinsOf({ settings }: EnvironmentStack): Record<string, string | undefined> {
    return Object.fromEntries(Object.entries(settings.clusters).map(([name, { revision }]) => [name, revision]));
}

/** The pins before the promotion, and how to restore them. */
function wayBack(target: EnvironmentStack, revision: string): string {
    const { stack } = target;
    const pins = Object.entries(pinsOf(target)).map(([name, before]) =>
        before === undefined ? `${name}: no revision` : `${name}: revision ${before}, rollbackFrom ${revision}`,
    );
    return (
        `The promotion stopped. To continue, run it again. To roll back, write into ${stackFile(stack)}: ` +
        `${pins.join("; ")}. Then: pulumi up --stack ${stack}`
    );
}

main(promote);
