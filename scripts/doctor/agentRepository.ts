import * as fs from "node:fs";
import * as path from "node:path";
import { toBase64 } from "../../clusters/base64";
import type { HubSettings } from "../../settings/hub";
import { chartAt, sameRepository } from "../preview/chart";
import { run } from "../support/run";

/** Limit of one Git command, in milliseconds. */
const timeoutMs = 60_000;

type GitSettings = Pick<HubSettings, "agent" | "gitCertificates" | "knownHosts" | "repositories">;

/** The agent's chart at a revision, in a folder, or why it is not there: a reason and a remedy. */
export type Found = { readonly folder: string } | { readonly missing: string };

/** The agent's repository, read with the credentials that Argo CD has. */
export class AgentRepository {
    private readonly env: Readonly<Record<string, string>>;
    private readonly revisions = new Map<string, Promise<Found>>();
    private readonly clone: string;

    /** @param scratch a temporary folder that only this user can read */
    constructor(
        private readonly settings: GitSettings,
        private readonly scratch: string,
    ) {
        this.env = gitEnvironment(settings, scratch);
        this.clone = path.join(scratch, "repository");
    }

    /** Whether the repository answers; the reason and the remedy where it does not. */
    async problem(): Promise<string | undefined> {
        const { repository } = this.settings.agent;
        const { ok, output, notFound, reason } = await this.git("ls-remote", "--quiet", repository, "HEAD");
        if (notFound) {
            return "git is not on PATH. Install it";
        }
        if (ok) {
            await this.git("init", "--quiet", this.clone);
            return undefined;
        }
        const why = output.trim().split("\n").at(-1) ?? reason;
        return (
            `hubspoke:agent.repository: ${repository} cannot be read: ${why}. Correct the URL, or its entry under ` +
            "hubspoke:repositories"
        );
    }

    /** The chart at a revision; each revision is fetched once. */
    chart(revision: string): Promise<Found> {
        const known = this.revisions.get(revision) ?? this.fetch(revision);
        this.revisions.set(revision, known);
        return known;
    }

    private async fetch(revision: string): Promise<Found> {
        const { repository, path: chart } = this.settings.agent;
        const remedy = "Push it, or correct the revision";
        const ref = `refs/doctor/${this.revisions.size}`;
        const fetched = await this.git("-C", this.clone, "fetch", "--quiet", "--depth=1", repository, `+${revision}:${ref}`);
        if (!fetched.ok) {
            return { missing: `the agent's repository has no revision ${revision}. ${remedy}` };
        }
        const commit = (await this.git("-C", this.clone, "rev-parse", `${ref}^{commit}`)).stdout.trim();
        const found = await chartAt({ folder: this.clone, base: ref }, this.scratch, chart, commit, "before");
        return "folder" in found
            ? found
            : { missing: `the agent's repository has no ${chart}/Chart.yaml at ${revision}. Correct hubspoke:agent.path` };
    }

    private git(...args: readonly string[]) {
        return run("git", args, { env: this.env, timeoutMs });
    }
}

/** Credentials go into the environment and into files, and never into arguments. */
function gitEnvironment(settings: GitSettings, scratch: string): Record<string, string> {
    const { agent, repositories, gitCertificates, knownHosts } = settings;
    const own = Object.values(repositories).find(({ url }) => sameRepository(url, agent.repository));
    const write = (name: string, text: string) => {
        const file = path.join(scratch, name);
        fs.writeFileSync(file, text.endsWith("\n") ? text : `${text}\n`, { mode: 0o600 });
        return file;
    };
    const ssh = ["ssh", "-o BatchMode=yes", "-o ConnectTimeout=10"];
    if (own?.sshKey !== undefined) {
        ssh.push("-o IdentitiesOnly=yes", `-i ${write("key", own.sshKey)}`);
    }
    if (knownHosts !== "") {
        ssh.push(`-o GlobalKnownHostsFile=${write("known_hosts", knownHosts)}`);
    }
    const host = URL.canParse(agent.repository) ? new URL(agent.repository).hostname : "";
    const ca = gitCertificates[host];
    const basic = own?.token === undefined ? undefined : toBase64(`${own.username}:${own.token}`);
    return {
        GIT_TERMINAL_PROMPT: "0",
        GIT_SSH_COMMAND: ssh.join(" "),
        ...(ca === undefined ? {} : { GIT_SSL_CAINFO: write("ca.crt", ca) }),
        ...(basic === undefined
            ? {}
            : {
                  GIT_CONFIG_COUNT: "1",
                  GIT_CONFIG_KEY_0: "http.extraHeader",
                  GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
              }),
    };
}
