import { agentRepositoryUrl, announcePush, changeAgentFile, type CommitKey, type Revision } from "../../../lab/argocd";
import { kubectl } from "../../../lab/kubectl";
import { type Look, waitFor } from "../../../lab/processes";

/** An Application as the hub's API server has it. */
export interface Application {
    readonly metadata: {
        readonly name: string;
        readonly uid: string;
        readonly deletionTimestamp?: string;
        readonly ownerReferences?: readonly { readonly kind: string }[];
    };
    readonly spec: { readonly source: { readonly targetRevision: string } };
    readonly status: {
        readonly sync: { readonly status: string; readonly revision: string };
        readonly health: { readonly status: string; readonly lastTransitionTime: string };
        readonly operationState: {
            readonly phase: string;
            readonly startedAt: string;
            /** Missing while an operation begins. */
            readonly syncResult?: { readonly revision: string };
        };
        readonly summary: { readonly images: readonly string[] };
        readonly conditions?: readonly { readonly type: string; readonly message: string }[];
    };
}

/** What an ApplicationSet says of itself. */
export interface ApplicationSetStatus {
    readonly conditions: readonly { readonly type: string; readonly status: string; readonly message: string }[];
    readonly applicationStatus?: readonly { readonly application: string; readonly status: string }[];
}

export async function applicationOf(cluster: string): Promise<Application> {
    const args = ["get", "application", `agent-${cluster}`, "--namespace", "argocd", "--output=json"];
    return JSON.parse(await kubectl("hub", args)) as Application;
}

export async function applicationSetStatus(): Promise<ApplicationSetStatus> {
    const args = ["get", "applicationset", "agent", "--namespace", "argocd", "--output=json"];
    return (JSON.parse(await kubectl("hub", args)) as { status: ApplicationSetStatus }).status;
}

/** Sync, health, and the revision that was last synced: what a cluster runs, whatever Git holds. */
export async function runs(cluster: string): Promise<{ sync: string; health: string; revision: string }> {
    const { status } = await applicationOf(cluster);
    return {
        sync: status.sync.status,
        health: status.health.status,
        revision: status.operationState.syncResult?.revision ?? "none yet",
    };
}

/** Waits until a cluster's Application is as wanted; what is not named may be anything. */
export async function waitForState(
    cluster: string,
    wanted: { sync?: string; health?: string; revision?: string },
): Promise<void> {
    await waitFor(
        `agent-${cluster} to be ${Object.values(wanted).join(" ")}`,
        async (): Promise<Look<true>> => {
            const { status } = await applicationOf(cluster);
            const seen: Record<string, string> = {
                sync: status.sync.status,
                health: status.health.status,
                revision: status.sync.revision,
            };
            const differs = Object.entries(wanted).some(([key, value]) => seen[key] !== value);
            return differs ? { seen: Object.values(seen).join(" ") } : { done: true };
        },
        { timeoutMs: 120_000, intervalMs: 500 },
    );
}

/** Pushes changes of several files, one commit each, signed if there is a key, and tells Argo CD of the last one. */
export async function push(changes: Record<string, (text: string) => string>, key?: CommitKey): Promise<string> {
    let last: Revision | undefined;
    for (const [file, change] of Object.entries(changes)) {
        last = await changeAgentFile(file, change, undefined, key);
    }
    if (last === undefined || last.changed.length === 0) {
        throw new Error(`nothing was pushed: ${Object.keys(changes).join(", ")} stayed as it was`);
    }
    await announcePush(agentRepositoryUrl(), last);
    return last.commit;
}
