import { whyFetchFailed } from "../../clusters/networkError";
import { InputError } from "../../settings/inputError";
import { withPatience } from "../failover/patience";

/** Limit of one request to GitHub, in milliseconds. */
const timeoutMs = 30_000;

/** Time for which a run may be on its way, in milliseconds: its set-up, and a failover with its waits. */
const runMs = 15 * 60_000;

/** The variable that turns the workflow failover.yml on. */
const variable = "HUBSPOKE_FAILOVER";

/** Errors that pass, of those below. */
const away = /^GitHub (does not answer|answers 5\d\d)/;

export interface FailoverWorkflowArgs {
    /** URL of GitHub's REST API, without a slash at its end. */
    readonly api: string;
    /** `OWNER/REPOSITORY`. */
    readonly repository: string;
    readonly token: string;
    readonly say: (line: string) => void;
}

interface Variables {
    readonly total_count: number;
    readonly variables: readonly { readonly name: string; readonly value: string }[];
}

/** The workflow failover.yml on GitHub (docs.github.com, "REST API"). */
export class FailoverWorkflow {
    /** The outage for which it was started last: when its move was due, and the time of the start. */
    private last: { readonly due: number; readonly at: number } | undefined;

    constructor(private readonly args: FailoverWorkflowArgs) {}

    /**
     * Checks that a start would have an effect. A right that only the start shows, to write, is not checked.
     *
     * @throws InputError with what is missing; Error if GitHub does not answer for two minutes
     */
    async check(): Promise<void> {
        const { repository, token, say } = this.args;
        if (token === "") {
            throw new InputError(
                `GITHUB_TOKEN is not set, and --dispatch needs it. Set a token that may write the contents of ${repository}`,
            );
        }
        const { status } = await this.read("");
        if (status !== 200) {
            throw new InputError(
                `--dispatch ${repository}: GitHub answers ${status} to GITHUB_TOKEN. ` +
                    "Correct the name, or set a token that has not expired and may write that repository's contents",
            );
        }
        const value = await this.readVariable();
        if (value === undefined) {
            say(`GITHUB_TOKEN may not read the variables of ${repository}: see yourself that ${variable} is true there, or no run begins`);
        } else if (value.toLowerCase() !== "true") {
            throw new InputError(
                `--dispatch ${repository}: its variable ${variable} is ${value === "" ? "not set" : `"${value}"`}, ` +
                    "so failover.yml would not run. Set it to true (docs/pull-requests.md)",
            );
        }
    }

    /**
     * Starts it, once for an outage while that run may be on its way: a further run would take the place of one that
     * waits, also of a person's.
     *
     * @param due when the move of users was due, in milliseconds since 1970, which tells one outage from the next
     * @throws Error if GitHub refuses, or does not answer
     */
    async start(to: string, reason: string, due: number): Promise<void> {
        const { repository, say } = this.args;
        if (this.last !== undefined && due <= this.last.due && Date.now() < this.last.at + runMs) {
            const [at, again] = [this.last.at, this.last.at + runMs].map((time) => new Date(time).toISOString());
            say(`GitHub was asked at ${at} for the failover of this outage, and is asked again after ${again}`);
            return;
        }
        const { ok, status } = await this.ask("/dispatches", { event_type: "failover", client_payload: { to, reason } });
        if (!ok) {
            throw new Error(
                `GitHub answers ${status} to the request for the failover workflow of ${repository}. ` +
                    "Set a GITHUB_TOKEN that has not expired and may write that repository's contents",
            );
        }
        this.last = { due, at: Date.now() };
        say(`GitHub has the request for the workflow failover.yml of ${repository}`);
    }

    /** The variable's value, of the repository or of its organization; undefined if the token may not read it. */
    private async readVariable(): Promise<string | undefined> {
        const own = await this.read<{ readonly value: string }>(`/actions/variables/${variable}`);
        if (own.status !== 404) {
            return own.body?.value;
        }
        const { status, body } = await this.read<Variables>("/actions/organization-variables?per_page=30");
        const found = body?.variables.find(({ name }) => name === variable)?.value;
        const isComplete = status === 404 || (body !== undefined && body.variables.length >= body.total_count);
        return found ?? (isComplete ? "" : undefined);
    }

    /** @returns the body only of an answer 200 */
    private async read<T>(path: string): Promise<{ readonly status: number; readonly body: T | undefined }> {
        return withPatience("GitHub", async () => {
            const response = await this.ask(path);
            const { status } = response;
            return { status, body: status === 200 ? ((await response.json()) as T) : undefined };
        }, away);
    }

    private async ask(path: string, body?: object): Promise<Response> {
        const { api, repository, token } = this.args;
        const headers = { accept: "application/vnd.github+json", authorization: `Bearer ${token}` };
        const signal = AbortSignal.timeout(timeoutMs);
        const sent = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
        const url = `${api}/repos/${repository}${path}`;
        const response = await fetch(url, { headers, signal, ...sent }).catch((error: Error) => {
            throw new Error(`GitHub does not answer: ${whyFetchFailed(error)}`);
        });
        if (response.status >= 500) {
            throw new Error(`GitHub answers ${response.status}`);
        }
        return response;
    }
}
