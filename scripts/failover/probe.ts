import { whyFetchFailed } from "../../clusters/networkError";

/** Limit of one probe, in milliseconds: the same as the blackbox_exporter's. */
const timeout = 5_000;

/**
 * Requests the agent's URL from this machine, like a user.
 *
 * @returns why the agent does not serve users; undefined if it does
 */
export async function whyNotServing(url: string | undefined): Promise<string | undefined> {
    if (url === undefined) {
        return "its settings have no probe of the agent (clusters.<name>.probe.agent)";
    }
    try {
        const response = await fetch(url, { signal: AbortSignal.timeout(timeout) });
        return response.status === 200 ? undefined : `${url} answers ${response.status}`;
    } catch (error) {
        return `${url} does not answer: ${whyFetchFailed(error as Error)}`;
    }
}
