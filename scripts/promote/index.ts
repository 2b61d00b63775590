/**
 * Promotes the proved revision of one environment to another, whose stack file pins it:
 *
 *     npm run promote -- --from staging --to prod [--application agent] [--timeout 15m]
 *
 * The names are those of stacks; with several applications, one must be named. It changes nothing unless the
 * application is Synced and Healthy in the first environment, at one revision, for the hub's `rollout.soak`. Then it
 * changes the pins of the second one, brings up its cluster Secrets, and waits until the application is Synced and
 * Healthy there too. It deploys no other pending change of the stack, and refuses if anything but the pin would change
 * in the Secrets. The hub records the promotion before and after. After an interruption, run it again: it continues. A
 * cluster in quarantine gets the pin, and the revision when that is lifted.
 */
import { parseArgs } from "node:util";
import { applicationOn, applicationsIn } from "../../clusters/applications";
import {
    beginPromotion,
    endPromotion,
    promotionKey,
    promotionsThatMoved,
    readPromotions,
} from "../../clusters/promotions";
import { registrations } from "../../clusters/registrations";
import { GiveUp, waitFor } from "../../clusters/wait";
import { progressOf, provedRevision } from "./checks";
import { chosenFor } from "../../components/applications/rooms";
import { agentKey } from "../../settings/agentKey";
import { pinOf } from "../../settings/pins";
import { argoCdNameOf } from "../../settings/argoCdName";
import { milliseconds } from "../../settings/duration";
import { movePins, settingsFile, stacksAtOnce } from "../support/stackFile";
import { main, say } from "../support/main";
import { planExactly, upAsPlanned } from "../support/exactUp";
import { inFolder } from "../support/folder";
import { inParallel } from "../support/inParallel";
import { refuseLeftAlone } from "../support/leftAlone";
import { promotionOwns, promotionTargets } from "./owns";
import { quarantinedIn } from "../../preflight/quarantine";
import { byStack, type EnvironmentStack, environmentStack, expectedApplications } from "../support/stacks";

const pollMs = 1_000;

async function promote(args: string[]): Promise<void> {
    const { from, to, timeout, ...named } = options(args);
    const [source, target] = await Promise.all([environmentStack(from), environmentStack(to)]);
    const { rollout: rules } = target;
    if (rules.strategy !== "pinned") {
        throw new Error('the hub\'s rollout is "rolling": Argo CD promotes by itself, so there is no pin to change');
    }
    await refuseLeftAlone(target);
    const application = applicationNamed(named.application, target);
    const proved = await found(source, application);
    const soakMs = milliseconds(rules.soak);
    const revision = provedRevision(from, expectedOf(source, application), proved, Date.now(), soakMs);
    say(`${application} on ${from} is Synced and Healthy at ${revision} for ${rules.soak} or more: promoting it to ${to}`);
    const { hub, namespace } = target;
    const clusters = clustersWith(target, application);
    const promoted = clusters.map((cluster) => ({ application, cluster }));
    for (const cluster of quarantinedIn(target.settings)) {
        say(`${to}: ${cluster} is in quarantine: it gets ${revision} when that is lifted`);
    }
    const rollbackFrom = await rollbacks(target, application, revision);
    const promotions = byStack(target, clusters).map(([stack, own]) => ({
        stack,
        operation: "the promotion",
        edit: (file: string) => movePins(file, { application, revision, clusters }, rollbackFrom),
        owns: promotionOwns(application, own),
        targets: promotionTargets(own),
    }));
    const atOnce = stacksAtOnce(promotions.map(({ stack }) => stack));
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
    say(`${to} is Synced and Healthy at ${revision}. Commit ${settingsFile(to)}`);
}

/** The promoted revision of each cluster on which a promotion has replaced the given one. */
async function rollbacks(
    { hub, namespace, settings }: EnvironmentStack,
    application: string,
    revision: string,
): Promise<Record<string, string>> {
    const [record, existing] = await Promise.all([readPromotions(hub, namespace), registrations(hub, namespace)]);
    const moved = promotionsThatMoved(record, existing);
    const goneBack = Object.keys(settings.clusters).flatMap((cluster) => {
        const promotion = moved[promotionKey({ application, cluster })];
        return promotion?.superseded.includes(revision) ? [[cluster, promotion.revision]] : [];
    });
    return Object.fromEntries(goneBack) as Record<string, string>;
}

function options(args: string[]): { from: string; to: string; application: string | undefined; timeout: string } {
    const { values } = parseArgs({
        args,
        options: {
            from: { type: "string" },
            to: { type: "string" },
            application: { type: "string" },
            timeout: { type: "string", default: "15m" },
        },
    });
    const { from, to, application, timeout } = values;
    if (from === undefined || to === undefined || from === to || milliseconds(timeout) === 0) {
        throw new Error("usage: npm run promote -- --from STACK --to ANOTHER [--application NAME] [--timeout 15m]");
    }
    return { from, to, application, timeout };
}

/** Without the Applications of clusters in quarantine, whose status is old. */
async function found({ hub, namespace, settings }: EnvironmentStack, application: string) {
    const all = await applicationsIn(hub, namespace, application, settings.environment);
    const old = quarantinedIn(settings).map((name) =>
        applicationOn(application, argoCdNameOf(name, settings.clusters[name])),
    );
    return all.filter(({ metadata }) => !old.includes(metadata.name));
}

/** Names of the application's Applications that the environment should have, except on clusters in quarantine. */
function expectedOf(environment: EnvironmentStack, application: string): string[] {
    const all = expectedApplications(environment).filter((one) => one.application === application);
    return all.map(({ argoCdName }) => applicationOn(application, argoCdName));
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

/** The application to promote: the named one, or the only one. */
function applicationNamed(name: string | undefined, { applications }: EnvironmentStack): string {
    const names = applications.map((application) => application.name);
    const [only, ...others] = names;
    if (name === undefined && only !== undefined && others.length === 0) {
        return only;
    }
    if (name === undefined || !names.includes(name)) {
        const problem = name === undefined ? "the hub has several applications" : `the hub has no application ${name}`;
        throw new Error(`${problem}. Name one: --application ${names.join(" or ")}`);
    }
    return name;
}

/** The clusters of an environment that have room for an application. */
function clustersWith({ settings, applications }: EnvironmentStack, application: string): string[] {
    const clusters = Object.entries(settings.clusters).filter(([, spoke]) =>
        chosenFor({ applications }, settings, spoke).some(({ name }) => name === application),
    );
    return clusters.map(([name]) => name);
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

main(module, promote);
