import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { milliseconds } from "../settings/duration";
import { readApplications, readClusters } from "./argocd";
import { readApplicationObjects } from "./argocd/hub";
import { argoCdSession } from "./session";
import { GiveUp, waitFor } from "./processes";
import { readInLab } from "./stacks/project";

/** Limit for all Applications to become Synced and Healthy, or all clusters connected, in milliseconds. */
const timeoutMs = 5 * 60_000;

/** Limit for a release to reach all clusters, in milliseconds: polling, its jitter and a cache of revisions add up. */
const releaseLimitMs = 15 * 60_000;

const application = z.object({
    metadata: z.object({ name: z.string() }),
    status: z
        .object({
            sync: z.object({ status: z.string(), revision: z.string().optional() }).optional(),
            health: z.object({ status: z.string().optional() }).optional(),
        })
        .optional(),
});

/** What Argo CD says of a repository that it may not read: no more time would help. */
const noAccess =
    /authentication required|authorization failed|repository not found|unable to authenticate|key is unknown/i;

/**
 * Waits until Argo CD reports every named Application Synced and Healthy.
 *
 * @throws Error at the limit, or at once where Argo CD may not read the repository, with Argo CD's own words
 */
export async function waitForApplications(names: readonly string[]): Promise<void> {
    await waitFor(
        `Applications ${names.join(", ")} to be Synced and Healthy`,
        async () => {
            const waiting = await unhealthyApplications(names);
            const refused = waiting.find((line) => noAccess.test(line));
            if (refused !== undefined) {
                throw new GiveUp(`Argo CD may not read a repository: ${refused}. Give its credential in repositories`);
            }
            return waiting.length === 0 ? { done: true as const } : { seen: waiting.join("; ") };
        },
        { timeoutMs, intervalMs: 500 },
    );
}

/**
 * Waits until Argo CD has looked at every cluster that has an Application. It tells a cluster's state up to 10 seconds
 * after the cluster's first Application (argo-cd, controller/clusterinfoupdater.go).
 */
export async function waitForConnections(applications: readonly string[]): Promise<void> {
    await waitFor(
        "Argo CD to be connected to every cluster",
        async () => {
            const session = await argoCdSession();
            const used = (await readApplications(session)).filter(({ name }) => applications.includes(name));
            const waiting = (await readClusters(session)).filter(
                ({ name, connection }) =>
                    connection !== "Successful" && used.some(({ cluster }) => cluster === name),
            );
            const seen = waiting.map(({ name, connection }) => `${name} ${connection}`).join(", ");
            return waiting.length === 0 ? { done: true as const } : { seen };
        },
        { timeoutMs, intervalMs: 500 },
    );
}

/** Waits for the lab's `rollout.soak` and for Argo CD's whole seconds: then a healthy release can be promoted. */
export async function waitForSoak(): Promise<void> {
    const { soak } = readInLab("hub")["hubspoke:rollout"] as { soak: string };
    await sleep(milliseconds(soak) + 1_000);
}

/** What is wrong with each named Application that is not Synced and Healthy. */
export async function unhealthyApplications(names: readonly string[]): Promise<string[]> {
    const rows = await readApplications(await argoCdSession());
    return names.flatMap((name) => {
        const row = rows.find((candidate) => candidate.name === name);
        if (row === undefined) {
            return [`${name} does not exist`];
        }
        const done = row.sync === "Synced" && row.health === "Healthy";
        return done ? [] : [[name, row.sync, row.health, ...row.conditions].join(" ")];
    });
}

/** Waits until all of these Applications are Synced and Healthy, at that commit where one is given. */
export async function waitForRevision(names: readonly string[], commit?: string): Promise<void> {
    await waitFor(
        `${names.length} Applications to be Synced and Healthy`,
        async () => {
            const all = z.array(application).parse(await readApplicationObjects());
            const there = all.filter(
                ({ metadata, status }) =>
                    names.includes(metadata.name) &&
                    status?.sync?.status === "Synced" &&
                    status.health?.status === "Healthy" &&
                    (commit === undefined || status.sync.revision === commit),
            );
            return there.length === names.length ? { done: undefined } : { seen: `${there.length} are` };
        },
        { timeoutMs: releaseLimitMs, intervalMs: 200 },
    );
}
