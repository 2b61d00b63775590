import { readApplications, reachArgoCd } from "./argocd";
import { waitFor } from "./processes";

/** Limit for all Applications to become Synced and Healthy, in milliseconds. */
const timeoutMs = 5 * 60_000;

/** Waits until Argo CD reports every named Application Synced and Healthy. */
export async function waitForApplications(names: readonly string[]): Promise<void> {
    const argoCd = await reachArgoCd();
    await waitFor(
        `Applications ${names.join(", ")} to be Synced and Healthy`,
        async () => {
            const rows = await readApplications(argoCd);
            const waiting = names.flatMap((name) => {
                const row = rows.find((candidate) => candidate.name === name);
                if (row === undefined) {
                    return [`${name} does not exist`];
                }
                const done = row.sync === "Synced" && row.health === "Healthy";
                return done ? [] : [[name, row.sync, row.health, ...row.conditions].join(" ")];
            });
            return waiting.length === 0 ? { done: true as const } : { seen: waiting.join("; ") };
        },
        { timeoutMs, intervalMs: 500 },
    );
}
