import { randomUUID } from "node:crypto";
import { shortStackName } from "../../../clusters/names";
import { isUnderWay, readRelease } from "../../../clusters/releases";
import { InputError } from "../../../settings/inputError";
import { agentKey } from "../../../settings/agentKey";
import type { RingSettings } from "../../../settings/rings";
import { say } from "../../support/main";
import { settingsFile } from "../../support/stackFile";
import type { EnvironmentStack } from "../../support/stacks";
import { type Action, begin, decide, takeOver } from "./commands";
import { drive } from "./drive";
import { worldOf } from "./onHub";
import { summary } from "./report";
import type { Rules, World } from "./world";

/** How a release begins. */
interface Begin {
    /** Gives the revision that the source has proved. */
    readonly proved: () => Promise<string>;
    readonly rollout: RingSettings;
    /** As a Go duration; undefined if the user does not say. */
    readonly timeout: string | undefined;
}

/**
 * Promotes a revision in the rings of an environment's `rollout`; continues a release that is under way.
 *
 * @throws Error if the release failed, with what became of it
 */
export async function promoteInRings(
    target: EnvironmentStack,
    application: string,
    { proved, rollout, timeout }: Begin,
): Promise<void> {
    const world = await worldOf(target, application);
    const rules = rulesOf(target, application, rollout, timeout);
    const underWay = await world.read();
    if (isUnderWay(underWay)) {
        say(`${target.stack}: a release of ${underWay.revision} has begun. This continues it`);
        await takeOver(world, rules);
    } else {
        const revision = await proved();
        if (!(await begin(world, rules, revision, rollout.rings))) {
            say(`${target.stack}: every cluster has ${revision}. Commit ${settingsFile(target.stack)} if it has changed`);
            return;
        }
    }
    await driveToItsEnd(world, rules, target);
}

/**
 * Does with a release in rings what a person has decided, and drives it on.
 *
 * @param timeout a new time limit for it, as a Go duration; undefined leaves the one that it has
 * @throws Error if the release failed, with what became of it; InputError if the decision does not fit
 */
export async function actOnRelease(
    target: EnvironmentStack,
    application: string,
    action: Action,
    timeout: string | undefined,
): Promise<void> {
    if (action === "resume" || action === "approve") {
        await refuseWithoutRollout(target, application);
    }
    const world = await worldOf(target, application);
    const rules = rulesOf(target, application, target.settings.rollout, timeout);
    await decide(world, rules, action);
    if (action === "status" || action === "pause") {
        const release = await world.read();
        const lines = release === undefined ? [`${target.stack}: there is no release`] : summary(release, rules.command);
        lines.forEach(say);
        return;
    }
    await driveToItsEnd(world, rules, target, action === "back");
}

/** @throws InputError if a release in rings is under way, and these settings do not have the gates that decide on it */
export async function refuseWithoutRollout(target: EnvironmentStack, application: string): Promise<void> {
    const { hub, namespace, stack, settings } = target;
    const release = await readRelease(hub, namespace, { stack: shortStackName(stack), application });
    if (settings.rollout === undefined && isUnderWay(release)) {
        const command = commandOf(target, application);
        throw new InputError(
            `${stack}: a release of ${release.revision} in rings is under way, and ${settingsFile(stack)} has no ` +
                "hubspoke:rollout, with the gates that decide on it. Update the checkout, or add it again. Then: " +
                `${command} --resume. To see where the release is: ${command} --status. To take it back: ${command} --back`,
        );
    }
}

async function driveToItsEnd(world: World, rules: Rules, { stack }: EnvironmentStack, isMeant = false): Promise<void> {
    const goOn = `The release stopped. To go on: ${rules.command} --resume. To take it back: ${rules.command} --back`;
    const release = await drive(world, rules).catch((error: Error) => {
        throw error instanceof InputError ? error : new Error(`${error.message}\n${goOn}`, { cause: error });
    });
    say(`Commit ${settingsFile(stack)}`);
    const hasFailed = release.state === "paused" ? release.failure === true : release.state === "back" && !isMeant;
    if (hasFailed) {
        throw new Error(`${stack}: the release of ${release.revision} failed`);
    }
}

/** The beginning of the commands about an application's releases. */
function commandOf({ stack }: EnvironmentStack, application: string): string {
    return `npm run promote -- --to ${stack}${application === agentKey ? "" : ` --application ${application}`}`;
}

/** Without a `rollout` there is no gate: that is enough to look, to pause and to go back. */
function rulesOf(
    target: EnvironmentStack,
    application: string,
    { gates, onFailure }: Pick<RingSettings, "gates" | "onFailure"> = { gates: [], onFailure: "back" },
    timeout: string | undefined,
): Rules {
    const command = commandOf(target, application);
    return { gates, onFailure, runner: randomUUID(), timeout, command };
}
