/**
 * Promotes the revision that one environment has proved to another, which pins it in its stack file:
 *
 *     npm run promote -- --from staging --to prod [--timeout 15m]
 *
 * The names are those of stacks. Nothing is changed unless the first environment is Synced and Healthy at one revision
 * for the hub's `rollout.soak`. Then the pins of the second one move, its stack is brought up, and this waits until it
 * is Synced and Healthy too. Run again after an interruption, it goes on.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { RolloutRules } from "../components/values/rollout";
import { type ClusterAddress, findCluster } from "../preflight/kubeconfig";
import { applicationsOf } from "./promotion/applications";
import { progressOf, provedRevision } from "./promotion/checks";
import { milliseconds } from "./promotion/duration";
import { ask, findProject, up } from "./promotion/pulumi";
import { movePins, type PinnedCluster, readClusters, readEnvironment } from "./promotion/stackFile";

const pollMs = 1_000;

/** What the target's stack says of its hub, with secrets in the clear. */
interface HubAccess {
    readonly context?: string;
    readonly kubeconfig?: string;
    readonly stack?: string;
}

async function promote(): Promise<void> {
    const { from, to, timeout } = options();
    const project = findProject();
    const file = project.stackFile(to);
    const environmentOf = (stack: string) => readEnvironment(project.stackFile(stack), project.name);
    const access = JSON.parse(await ask("config", "get", "hub", "--stack", to)) as HubAccess;
    const outputs = JSON.parse(await ask("stack", "output", "--json", "--stack", access.stack ?? "hub")) as {
        argoCdNamespace: string;
        rollout: string;
    };
    const rules = JSON.parse(outputs.rollout) as RolloutRules;
    if (rules.strategy !== "pinned") {
        throw new Error("the hub's rollout is \"rolling\": Argo CD promotes by itself, and there is no pin to move");
    }
    const hub = await findCluster("hub", access);
    const read = (stack: string) => applicationsOf(hub, outputs.argoCdNamespace, environmentOf(stack));

    const revision = provedRevision(from, await read(from), Date.now(), milliseconds(rules.soak));
    const before = readClusters(file, project.name);
    say(`${from} is Synced and Healthy at ${revision} for ${rules.soak} or more: it goes to ${to}`);
    movePins(file, project.name, revision);
    try {
        if (!(await up(to))) {
            throw new Error(`pulumi up of ${to} failed; what it says is above`);
        }
        await waitUntilHealthy(hub, outputs.argoCdNamespace, environmentOf(to), before, revision, timeout);
    } catch (error) {
        throw new Error(`${(error as Error).message}\n${wayBack(to, file, before)}`, { cause: error });
    }
    say(`${to} is Synced and Healthy at ${revision}. Commit ${file}`);
}

function options(): { from: string; to: string; timeout: string } {
    const { values } = parseArgs({
        options: { from: { type: "string" }, to: { type: "string" }, timeout: { type: "string", default: "15m" } },
    });
    const { from, to, timeout } = values;
    if (from === undefined || to === undefined || from === to || milliseconds(timeout) === 0) {
        throw new Error("usage: npm run promote -- --from STACK --to ANOTHER [--timeout 15m]");
    }
    return { from, to, timeout };
}

async function waitUntilHealthy(
    hub: ClusterAddress,
    namespace: string,
    environment: string,
    clusters: readonly PinnedCluster[],
    revision: string,
    timeout: string,
): Promise<void> {
    const expected = clusters.filter(({ deployed }) => deployed).map(({ name }) => `agent-${name}`);
    const deadline = Date.now() + milliseconds(timeout);
    for (;;) {
        const progress = progressOf(expected, await applicationsOf(hub, namespace, environment), revision);
        if ("done" in progress) {
            return;
        }
        if ("failed" in progress) {
            throw new Error(`${environment} took ${revision} and is not well:\n${progress.failed}`);
        }
        if (Date.now() > deadline) {
            throw new Error(`waited ${timeout} for ${environment} to be Synced and Healthy at ${revision}:\n${progress.seen}`);
        }
        await sleep(pollMs);
    }
}

function wayBack(stack: string, file: string, before: readonly PinnedCluster[]): string {
    const pins = before.map(({ name, revision }) => `${name}: ${revision ?? "no revision, which follows the branch"}`);
    return (
        `The promotion stopped. To go back, write the old revision into ${file} (${pins.join("; ")}), ` +
        `then: pulumi up --stack ${stack}`
    );
}

function say(line: string): void {
    process.stdout.write(`${line}\n`);
}

promote().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
});
