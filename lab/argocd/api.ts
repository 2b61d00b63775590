import { whyFetchFailed } from "../../clusters/networkError";

const answerLimitMs = 10_000;

/** argocd-server's REST API, as the user of the token. */
export class ArgoCdApi {
    constructor(
        readonly serverUrl: string,
        private readonly token: string,
    ) {}

    /** Reads a path such as `/api/v1/clusters`. The caller checks the shape of the answer. */
    async get(route: string): Promise<unknown> {
        return call(`${this.serverUrl}${route}`, { headers: { authorization: `Bearer ${this.token}` } });
    }
}

/**
 * Opens a session: argocd-server checks the password and answers with a token (`POST /api/v1/session`).
 * The password is in the request's body, over loopback, and never in a process's arguments.
 */
export async function openSession(serverUrl: string, username: string, password: string): Promise<string> {
    const answer = await call(`${serverUrl}/api/v1/session`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ username, password }),
    });
    const { token } = answer as { token?: unknown };
    if (typeof token !== "string") {
        throw new Error(`argocd-server opened a session for ${username} without a token`);
    }
    return token;
}

async function call(url: string, init: RequestInit): Promise<unknown> {
    const what = `argocd-server at ${url}`;
    let response: Response;
    try {
        response = await fetch(url, { ...init, signal: AbortSignal.timeout(answerLimitMs) });
    } catch (error) {
        throw new Error(`${what} does not answer: ${whyFetchFailed(error as Error)}`, { cause: error });
    }
    if (!response.ok) {
        throw new Error(`${what} answered ${response.status}: ${(await response.text()).slice(0, 300)}`);
    }
    return response.json();
}
