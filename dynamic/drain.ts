import { waitFor } from "../clusters/wait";
import { allowDeleteAnnotation, protectionPolicy } from "../clusters/names";
import { findCluster, type ClusterAddress } from "../clusters/kubeconfig";
import { ask, change, get } from "../clusters/request";
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

/** Limit for Argo CD to remove what it delivered to one cluster, in milliseconds. */
const limitMs = 300_000;

/** Time that the ApplicationSet controller has to delete Applications by itself, in milliseconds. */
const controllersTurnMs = 10_000;

/** What is needed to empty a cluster. Kubeconfig contexts are names; a kubeconfig in the settings is a secret here. */
export interface DrainState {
    readonly hub: ClusterConnection;
    readonly spoke: ClusterConnection;
    /** Argo CD's namespace on the hub. */
    readonly namespace: string;
    /** Name of the cluster Secret. */
    readonly secret: string;
    readonly cluster: string;
    /** The API server as Argo CD knows it. */
    readonly server: string;
    /** The stack's short name, for the command that an error recommends. */
    readonly stack: string;
    /** Whether the environment's stack file lifts the protection of its Applications; a state without it does not. */
    readonly lifted?: true;
}

/**
 * Nothing while a cluster is registered; when it leaves, its deletion comes first and waits until Argo CD has removed
 * all that it delivered there, while it still may.
 */
export const drain: DynamicProvider<DrainState, DrainState> = {
    create: (inputs) => Promise.resolve({ id: idOf(inputs.namespace, inputs.secret), outs: inputs }),
    update: (_, __, inputs) => Promise.resolve({ outs: inputs }),
    delete: (_, state) => emptyCluster(state),
};

async function emptyCluster(state: DrainState): Promise<void> {
    const { cluster, namespace, stack } = state;
    const hub = await findCluster("hub", state.hub);
    const secretPath = `api/v1/namespaces/${namespace}/secrets/${state.secret}`;
    const before = await applicationsOf(hub, namespace, state);
    if (before.length === 0) {
        await change(hub, secretPath, { method: "PATCH", body: { metadata: { labels: { deploy: null } } } });
        return;
    }
    const strangers = before.filter((application) => !isGenerated(application));
    if (strangers.length > 0) {
        throw new PlainError(
            `cluster ${cluster} cannot leave: Applications ${namesOf(strangers)} were made by other means and deliver ` +
                "to it. Delete them, or give them another destination; then destroy again",
        );
    }
    await refuseDeadSpoke(state, before);
    if (state.lifted) {
        await annotateApplications(hub, namespace, before, { [allowDeleteAnnotation]: "true" });
    } else {
        await refuseProtected(hub, state, before);
    }
    await change(hub, secretPath, { method: "PATCH", body: { metadata: { labels: { deploy: null } } } });
    await waitUntilGone(hub, state).catch((error: Error) => {
        throw new PlainError(
            `cluster ${cluster} is not empty: ${error.message}. Destroy again to go on waiting; if the cluster is lost, ` +
                `\`npm run forget -- ${stack} --cluster ${cluster}\`; to keep it, \`pulumi up --refresh --stack ${stack}\``,
        );
    });
}

/** A cluster that does not answer cannot be emptied, so nothing is begun. */
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

/** Asks the hub, which knows what it protects, by deletions that it only tries out. */
async function refuseProtected(hub: ClusterAddress, state: DrainState, all: readonly Application[]): Promise<void> {
    const answers = await Promise.all(
        all.map(({ metadata: { name } }) =>
            ask(hub, `${applicationsPath(state.namespace)}/${name}?dryRun=All`, { method: "DELETE" }),
        ),
    );
    const kept = all.filter((_, index) => answers[index]?.body.includes(protectionPolicy));
    if (kept.length > 0) {
        throw new PlainError(
            `cluster ${state.cluster} does not leave: the hub protects ${namesOf(kept)}. To lift that, write ` +
                `\`hubspoke:protect: false\` into Pulumi.${state.stack}.yaml, with the cluster in it, and run ` +
                `\`pulumi up --stack ${state.stack}\`; then do this again`,
        );
    }
}

/** Waits for the finalizers of Argo CD, which go after the last object is pruned. */
async function waitUntilGone(hub: ClusterAddress, state: DrainState): Promise<void> {
    const began = Date.now();
    await waitFor("Argo CD to remove what it delivered", async () => {
        const left = await applicationsOf(hub, state.namespace, state);
        if (left.length === 0) {
            return { done: undefined };
        }
        // An ApplicationSet whose policy is never to delete leaves this to whoever takes the cluster away.
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
