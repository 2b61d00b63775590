import { setTimeout as sleep } from "node:timers/promises";
import { applicationOn } from "../../../clusters/applications";
import { shortStackName } from "../../../clusters/names";
import { beginPromotion, endPromotion, pinIn } from "../../../clusters/promotions";
import { type Registration, registrations } from "../../../clusters/registrations";
import { changeRelease, readRelease } from "../../../clusters/releases";
import { waitFor } from "../../../clusters/wait";
import { argoCdNameOf } from "../../../settings/argoCdName";
import { type Pin, pinOf, pinText } from "../../../settings/pins";
import { deadIn } from "../../support/dead";
import { say } from "../../support/main";
import { setPins, settingsFile } from "../../support/stackFile";
import type { EnvironmentStack } from "../../support/stacks";
import { movePins } from "../movePins";
import { clustersWith, found, withRollback } from "../target";
import { prometheusAt } from "./prometheus";
import type { Cluster, Clusters, Move, Pins, World } from "./world";

/** A release waits for hours: one answer of the hub that fails does not end it. */
const patience = { timeoutMs: 5 * 60_000, intervalMs: 5_000 };

function patiently<T>(what: string, read: () => Promise<T>): Promise<T> {
    return waitFor(`the hub's answer about ${what}`, async () => ({ done: await read() }), patience);
}

/** A release of an application to an environment: its hub, stack, clusters and Prometheus. */
export async function worldOf(target: EnvironmentStack, application: string): Promise<World> {
    const { hub, namespace, stack, settings } = target;
    const of = { stack: shortStackName(stack), application };
    const { prometheus } = settings.rollout ?? {};
    return {
        clusters: clustersOf(target, application, await registrations(hub, namespace)),
        now: Date.now,
        sleep: (milliseconds) => sleep(milliseconds),
        say,
        applications: () => patiently("Applications", () => found(target, application)),
        dead: deadIn(target, () => patiently("clusters", () => registrations(hub, namespace))),
        pins: async () => pinsOn(await patiently("clusters", () => registrations(hub, namespace)), application),
        write: (pins) => write(target, application, pins),
        move: (asked) => move(target, application, asked),
        read: () => patiently("the release", () => readRelease(hub, namespace, of)),
        change: (next) => changeRelease(hub, namespace, of, next),
        askSeries:
            prometheus === undefined
                ? () => Promise.reject(new Error("rollout.prometheus is not set"))
                : prometheusAt(prometheus, process.env.PROMETHEUS_AUTHORIZATION),
    };
}

function clustersOf(target: EnvironmentStack, application: string, existing: readonly Registration[]): Clusters {
    const entries = clustersWith(target, application).flatMap((name): [string, Cluster][] => {
        const spoke = target.settings.clusters[name];
        if (spoke === undefined) {
            return [];
        }
        const argoCdName = argoCdNameOf(name, spoke);
        const filePin = pinOf(spoke, application);
        const cluster = {
            application: applicationOn(application, argoCdName),
            argoCdName,
            labels: spoke.labels as Readonly<Record<string, string>>,
            quarantined: spoke.quarantined,
            runs: spoke.labels.deploy === "true",
            pin: pinOnHub(existing.find((one) => one.cluster === name), application, filePin),
            filePin,
        };
        return [[name, cluster]];
    });
    return Object.fromEntries(entries);
}

function pinsOn(existing: readonly Registration[], application: string): Pins {
    return Object.fromEntries(existing.map(({ cluster, annotations }) => [cluster, pinIn(annotations, application)]));
}

/** The pin of a registered cluster on the hub, with the stack file's `rollbackFrom` if that has the same pin. */
function pinOnHub(registration: Registration | undefined, application: string, filePin: Pin): Pin | undefined {
    if (registration === undefined) {
        return undefined;
    }
    const pin = pinIn(registration.annotations, application);
    return pinText(filePin) === pinText(pin) ? filePin : pin;
}

/** Moves pins like a promotion: an exact plan, the record of promotions, and an `up` of the cluster Secrets alone. */
async function move(
    target: EnvironmentStack,
    application: string,
    { replaces, ...asked }: Move,
): Promise<void> {
    const { pins, on, ready } = asked;
    const { hub, namespace } = target;
    // Without a target, `pulumi up` would bring up the whole stack.
    if (on.length > 0) {
        const pinned = on.filter((name) => pins[name]?.revision !== undefined);
        await movePins(target, { application, operation: "the release", ...asked }, async (bringUp) => {
            await ready();
            await recorded(replaces, async () => {
                for (const text of new Set(pinned.map((name) => pinText(pins[name] ?? {}) ?? ""))) {
                    const clusters = pinned.filter((name) => pinText(pins[name] ?? {}) === text);
                    const promoted = clusters.map((cluster) => ({ application, cluster }));
                    await beginPromotion(hub, namespace, promoted, text, replaces);
                }
            });
            await bringUp();
        });
        await recorded(replaces, () => endPromotion(hub, namespace, on.map((cluster) => ({ application, cluster }))));
    }
    await write(target, application, pins);
}

/**
 * Writes the record of promotions. A way back goes on without it, since clusters are broken.
 *
 * @param replaces the revision from which a way back goes; undefined for any other move
 * @throws Error if it cannot be written, except on a way back
 */
async function recorded(replaces: string | undefined, write: () => Promise<void>): Promise<void> {
    await write().catch((error: Error) => {
        if (replaces === undefined) {
            throw error;
        }
        say(
            `the hub's record of promotions was not written, so it may not refuse ${replaces} from a checkout that still has ` +
                `it: ${error.message}`,
        );
    });
}

/** Writes pins into the stack file so that a preview accepts them, also those that have not moved on the hub yet. */
async function write(target: EnvironmentStack, application: string, pins: Pins): Promise<void> {
    setPins(settingsFile(target.stack), application, await withRollback(target, application, pins));
}
