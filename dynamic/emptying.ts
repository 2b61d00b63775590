import { waitFor } from "../clusters/wait";
import { allowDeleteAnnotation, protectionPolicy } from "../clusters/names";
import { findCluster, type ClusterAddress } from "../clusters/kubeconfig";
import { ask, change, get } from "../clusters/request";
import { secretPath } from "../clusters/secretPath";
import type { ClusterConnection } from "../settings/connection";
import {
    annotateApplications,
    type Application,
    applicationsOf,
    applicationsPath,
    complaintsOf,
    isGenerated,
    namesOf,
} from "../clusters/applications";
import { PlainError } from "./provider";

/** Limit for Argo CD to remove everything that it delivered to one cluster, in milliseconds. */
const limitMs = 300_000;

/** Limit for the ApplicationSet controller to delete the Applications by itself, in milliseconds. */
const controllersTurnMs = 10_000;

/** The facts to remove Applications from a cluster. A context is a name; a kubeconfig from the settings is a secret. */
export interface EmptyingState {
    readonly hub: ClusterConnection;
    readonly spoke: ClusterConnection;
    /** Argo CD's namespace on the hub. */
    readonly namespace: string;
    /** Name of the cluster Secret. */
    readonly secret: string;
    readonly cluster: string;
    /** The cluster's name in Argo CD, if it is another. */
    readonly argoCdName?: string;
    /** URL of the API server in Argo CD's registration. */
    readonly server: string;
    /** The stack's short name, for commands in error messages. */
    readonly stack: string;
    /**
     * Whether the environment's stack file removes the protection of its Applications; undefined means that it does
     * not.
     */
    readonly lifted?: true;
}

/** What is to be removed from a cluster. */
export interface Emptying {
    /** What cannot be removed or is not removed yet, for errors, such as `cluster prod`. */
    readonly what: string;
    /** Whether an Application of the cluster is to be removed. */
    readonly goes: (application: Application) => boolean;
    /** Labels of the cluster Secret that end the delivery; null removes one. */
    readonly labels: Readonly<Record<string, string | null>>;
    /** How to allow the removal of what the hub protects, and to go on after an interruption. */
    readonly remedy: { readonly lift: string; readonly keep: string };
}

/**
 * Ends the delivery of Applications to a cluster, and waits until Argo CD has removed what they delivered.
 *
 * @throws PlainError that says what remains and why
 */
export async function emptyCluster(state: EmptyingState, emptying: Emptying): Promise<void> {
    const { namespace } = state;
    const { what, goes, labels, remedy } = emptying;
    const hub = await findCluster("hub", state.hub);
    const found = async () => (await applicationsOf(hub, namespace, inArgoCd(state))).filter(goes);
    const endDelivery = () => change(hub, secretPath(namespace, state.secret), { method: "PATCH", body: { metadata: { labels } } });
    const before = await found();
    if (before.length === 0) {
        await endDelivery();
        return;
    }
    const strangers = before.filter((application) => !isGenerated(application));
    if (strangers.length > 0) {
        throw new PlainError(
            `${what} cannot be removed: Applications ${namesOf(strangers)} are not from an ApplicationSet and ` +
                "deliver to it. Delete them, or give them another destination; then do this again",
        );
    }
    await refuseDeadSpoke(state, before);
    if (state.lifted) {
        await annotateApplications(hub, namespace, before, { [allowDeleteAnnotation]: "true" });
    } else {
        await refuseProtected(hub, state, before, emptying);
    }
    await endDelivery();
    await waitUntilGone(hub, state, found).catch((error: Error) => {
        throw new PlainError(`${what} is not removed: ${error.message}. ${remedy.keep}`);
    });
}

/** The cluster as Argo CD knows it. */
function inArgoCd({ cluster, argoCdName = cluster, server }: EmptyingState): { argoCdName: string; server: string } {
    return { argoCdName, server };
}

/** A cluster that does not answer cannot be emptied, so nothing is started. */
async function refuseDeadSpoke(state: EmptyingState, applications: readonly Application[]): Promise<void> {
    try {
        await get(await findCluster(`clusters.${state.cluster}`, state.spoke), "version");
    } catch (error) {
        throw new PlainError(
            `cluster ${state.cluster} cannot be emptied of ${namesOf(applications)}: ${(error as Error).message}. ` +
                `If the cluster is lost, \`npm run forget -- ${state.stack} --cluster ${state.cluster}\` removes it from ` +
                "the hub and from the state",
        );
    }
}

/** Asks the hub what it protects, with dry-run deletions. */
async function refuseProtected(
    hub: ClusterAddress,
    state: EmptyingState,
    all: readonly Application[],
    { what, remedy }: Emptying,
): Promise<void> {
    const answers = await Promise.all(
        all.map(({ metadata: { name } }) =>
            ask(hub, `${applicationsPath(state.namespace)}/${name}?dryRun=All`, { method: "DELETE" }),
        ),
    );
    const kept = all.filter((_, index) => answers[index]?.body.includes(protectionPolicy));
    if (kept.length > 0) {
        throw new PlainError(`${what} cannot be removed: the hub protects ${namesOf(kept)}. ${remedy.lift}`);
    }
}

/** Waits for Argo CD's finalizers: Argo CD removes them after it has deleted the last object. */
async function waitUntilGone(
    hub: ClusterAddress,
    state: EmptyingState,
    found: () => Promise<Application[]>,
): Promise<void> {
    const began = Date.now();
    await waitFor("Argo CD to remove what it delivered", async () => {
        const left = await found();
        if (left.length === 0) {
            return { done: undefined };
        }
        for (const application of Date.now() - began > controllersTurnMs ? left : []) {
            await hurry(hub, `${applicationsPath(state.namespace)}/${application.metadata.name}`, application);
        }
        return { seen: left.map(describe).join("; ") };
    }, { timeoutMs: limitMs });
}

/**
 * Does what Argo CD does not do by itself: an ApplicationSet whose policy is never to delete leaves the deletion to
 * others, and Argo CD deletes nothing while it tries a failed sync again, which can take a quarter of an hour (argo-cd,
 * controller/appcontroller.go, `processAppOperationQueueItem`).
 */
async function hurry(hub: ClusterAddress, path: string, { metadata, operation }: Application): Promise<void> {
    if (metadata.deletionTimestamp === undefined) {
        await ask(hub, path, { method: "DELETE" });
    } else if (operation !== undefined) {
        await change(hub, path, { method: "PATCH", body: { operation: null } });
    }
}

function describe(application: Application): string {
    const { name, deletionTimestamp } = application.metadata;
    return `${name} ${deletionTimestamp === undefined ? "there" : "deleting"} ${complaintsOf(application)}`;
}
