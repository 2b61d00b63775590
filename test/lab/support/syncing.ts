import { argoCdCliEnvironment } from "../../../lab/argocd/login";
import { kubectl } from "../../../lab/kubectl";
import { run } from "../../../lab/processes/run";
import { toolPath } from "../../../lab/tools";

interface Application {
    readonly operation?: unknown;
    readonly status?: { readonly operationState?: OperationState };
}

interface OperationState {
    readonly phase: string;
    readonly message?: string;
    readonly startedAt: string;
}

/** What became of the syncs. */
export interface Syncs {
    readonly succeeded: number;
    /** Phase and message of each sync that did not succeed. */
    readonly failures: readonly string[];
}

/**
 * Syncs an Application every second while `work` goes on; a sync that lasts longer is followed by the next at once. No
 * sync is tried again, so none that fails goes unseen.
 */
export async function whileSyncing(application: string, work: () => Promise<void>): Promise<Syncs> {
    let working = true;
    const finished = new Map<string, OperationState>();
    const syncing = (async () => {
        while (working) {
            const next = new Promise((resolve) => setTimeout(resolve, 1000));
            const { operation, status } = await read(application);
            if (operation === undefined) {
                note(finished, status?.operationState);
                await startSync(application);
            }
            await next;
        }
    })();
    try {
        await work();
    } finally {
        working = false;
        await syncing;
    }
    note(finished, (await read(application)).status?.operationState);
    const states = [...finished.values()].filter(({ phase }) => phase !== "Running");
    return {
        succeeded: states.filter(({ phase }) => phase === "Succeeded").length,
        failures: states.filter(({ phase }) => phase !== "Succeeded").map(({ phase, message }) => `${phase}: ${message}`),
    };
}

function note(finished: Map<string, OperationState>, state: OperationState | undefined): void {
    if (state !== undefined) {
        finished.set(state.startedAt, state);
    }
}

async function read(application: string): Promise<Application> {
    const json = await kubectl("hub", ["get", "application", application, "--namespace=argocd", "--output=json"]);
    return JSON.parse(json) as Application;
}

/** Starts a sync, as `argocd app sync --prune` does. */
export async function startSync(application: string): Promise<void> {
    const patch = JSON.stringify({ operation: { initiatedBy: { username: "lab test" }, sync: { prune: true } } });
    await kubectl("hub", ["patch", "application", application, "--namespace=argocd", "--type=merge", `--patch=${patch}`]);
}

/** Ends a sync that Argo CD tries again for a quarter of an hour, as the runbook SyncFailing says. */
export async function endSync(application: string): Promise<void> {
    const args = ["app", "terminate-op", application, "--grpc-web"];
    const { ok, output } = await run(toolPath("argocd"), args, { env: argoCdCliEnvironment, timeoutMs: 60_000 });
    if (!ok) {
        throw new Error(`argocd ${args.join(" ")} failed:\n${output}`);
    }
}
