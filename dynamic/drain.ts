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
import { type DynamicProvider, idOf, PlainError } from "./provider";

/** Limit for Argo CD to remove everything that it delivered to one cluster, in milliseconds. */
const limitMs = 300_000;

/** Limit for the ApplicationSet controller to delete the Applications by itself, in milliseconds. */
const controllersTurnMs = 10_000;

/** The facts to empty a cluster. Contexts are names; a kubeconfig from the settings is a secret here. */
export interface DrainState {
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

/**
 * Does nothing while a cluster is registered. When the cluster is removed, the deletion of this resource comes first:
 * it waits until Argo CD has removed everything that it delivered there, while Argo CD still has its rights.
 */
export const drain: DynamicProvider<DrainState, DrainState> = {
    create: (inputs) => Promise.resolve({ id: idOf(inputs.namespace, inputs.secret), outs: inputs }),
    update: (_, __, inputs) => Promise.resolve({ outs: inputs }),
    delete: (_, state) => emptyCluster(state),
};

async function emptyCluster(state: DrainState): Promise<void> {
    const { cluster, namespace, stack } = state;
    const hub = await findCluster("hub", state.hub);
    const path = secretPath(namespace, state.secret);
    const before = await applicationsOf(hub, namespace, inArgoCd(state));
    if (before.length === 0) {
        await change(hub, path, { method: "PATCH", body: { metadata: { labels: { deploy: null } } } });
        return;
    }
    const strangers = before.filter((application) => !isGenerated(application));
    if (strangers.length > 0) {
        throw new PlainError(
            `cluster ${cluster} cannot be removed: Applications ${namesOf(strangers)} are not from an ApplicationSet and ` +
                "deliver to it. Delete them, or give them another destination; then destroy again",
        );
    }
    await refuseDeadSpoke(state, before);
    if (state.lifted) {
        await annotateApplications(hub, namespace, before, { [allowDeleteAnnotation]: "true" });
    } else {
        await refuseProtected(hub, state, before);
    }
    await change(hub, path, { method: "PATCH", body: { metadata: { labels: { deploy: null } } } });
    await waitUntilGone(hub, state).catch((error: Error) => {
        throw new PlainError(
            `cluster ${cluster} is not empty: ${error.message}. To continue to wait, destroy again; if the cluster is lost, ` +
                `\`npm run forget -- ${stack} --cluster ${cluster}\`; to keep it, \`pulumi up --refresh --stack ${stack}\``,
        );
    });
}

/** The cluster as Argo CD knows it. */
function inArgoCd({ cluster, argoCdName = cluster, server }: DrainState): { argoCdName: string; server: string } {
    return { argoCdName, server };
}

/** A cluster that does not answer cannot be emptied, so nothing is started. */
async function refuseDeadSpoke(state: DrainState, applications: readonly Application[]): Promise<void> {
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
async function refuseProtected(hub: ClusterAddress, state: DrainState, all: readonly Application[]): Promise<void> {
    const answers = await Promise.all(
        all.map(({ metadata: { name } }) =>
            ask(hub, `${applicationsPath(state.namespace)}/${name}?dryRun=All`, { method: "DELETE" }),
        ),
    );
    const kept = all.filter((_, index) => answers[index]?.body.includes(protectionPolicy));
    if (kept.length > 0) {
        throw new PlainError(
            `cluster ${state.cluster} cannot be removed: the hub protects ${namesOf(kept)}. To allow the removal, write ` +
                `\`hubspoke:protect: false\` into Pulumi.${state.stack}.yaml, with the cluster in it, and run ` +
                `\`pulumi up --stack ${state.stack}\`; then do this again`,
        );
    }
}

/** Waits for Argo CD's finalizers: Argo CD removes them after it has deleted the last object. */
async function waitUntilGone(hub: ClusterAddress, state: DrainState): Promise<void> {
    const began = Date.now();
    await waitFor("Argo CD to remove what it delivered", async () => {
        const left = await applicationsOf(hub, state.namespace, inArgoCd(state));
        if (left.length === 0) {
            return { done: undefined };
        }
        // An ApplicationSet whose policy is never to delete leaves the deletion to this resource.
        const staying = left.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
        for (const { metadata } of Date.now() - began > controllersTurnMs ? staying : []) {
            await ask(hub, `${applicationsPath(state.namespace)}/${metadata.name}`, { method: "DELETE" });
        }
        return { seen: left.map(describe).join("; ") };
    }, { timeoutMs: limitMs });
}

function describe(application: Application): string {
    const { name, deletionTimestamp } = application.metadata;
    return `${name} ${deletionTimestamp === undefined ? "there" : "deleting"} ${complaintsOf(application)}`;
}
