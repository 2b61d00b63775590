import { readApplications, reachArgoCd } from "./argocd";
import { waitFor } from "./processes";

/** Limit for all Applications to become Synced and Healthy, in milliseconds. */
const timeoutMs = 5 * 60_000;

/** Waits until Argo CD reports every named Application Synced and Healthy. */
export async function waitForApplications(names: readonly string[]): Promise<void> {
    await waitFor(
        `Applications ${names.join(", ")} to be Synced and Healthy`,
        async () => {
            const waiting = await unhealthyApplications(names);
            return waiting.length === 0 ? { done: true as const } : { seen: waiting.join("; ") };
        },
        { timeoutMs, intervalMs: 500 },
    );
}

/** What is wrong with each named Application that is not Synced and Healthy. */
export async function unhealthyApplications(names: readonly string[]): Promise<string[]> {
    const rows = await readApplications(await reachArgoCd());
    return names.flatMap((name) => {
        const row = rows.find((candidate) => candidate.name === name);
        if (row === undefined) {
            return [`${name} does not exist`];
        }
        const done = row.sync === "Synced" && row.health === "Healthy";
        return done ? [] : [[name, row.sync, row.health, ...row.conditions].join(" ")];
    });
}
