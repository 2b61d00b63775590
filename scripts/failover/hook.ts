import { say } from "../support/main";
import { patientEndMs, run } from "../support/run";

/** Limit of the hook, in milliseconds: the promotion of a database may be slow. Then it has its time to end. */
const timeoutMs = 30 * 60_000;

/**
 * Runs the configured command for the database and waits for it, before users arrive at the new cluster: the database
 * must keep what they write there. Its environment names both clusters.
 *
 * @throws Error with the end of its output, if it fails; the name has then not moved
 */
export async function runHook(
    command: readonly string[] | undefined,
    { from, to, why }: { readonly from: string; readonly to: string; readonly why: string },
): Promise<void> {
    const [file, ...args] = command ?? [];
    if (file === undefined) {
        return;
    }
    say(`the database: ${file} …`);
    const env = { HUBSPOKE_FROM: from, HUBSPOKE_TO: to, HUBSPOKE_REASON: why };
    const { ok, output, reason } = await run(file, args, { env, timeoutMs, endMs: patientEndMs });
    if (!ok) {
        const tail = output.trimEnd().split("\n").slice(-10).join("\n");
        throw new Error(`traffic.hooks.database failed, so users stay on ${from}: ${reason}\n${tail}`);
    }
    say(`the database: ${file} has succeeded`);
}
