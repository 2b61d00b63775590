import * as fs from "node:fs";
import * as path from "node:path";
import { toBase64 } from "../../clusters/base64";
import { once } from "../../preflight/once";
import type { HubSettings } from "../../settings/hub";
import { plainUrl } from "../../settings/repositoryUrl";
import { run } from "./run";

/** Limit of one Git command, in milliseconds. */
const timeoutMs = 60_000;

type GitSettings = Pick<HubSettings, "gitCertificates" | "knownHosts" | "repositories">;

/** Files of a repository at a revision, or why they are not there: a reason and a remedy. */
export type Found = { readonly folder: string } | { readonly missing: string };

/** Git repositories, read with the credentials that Argo CD has for them. */
export class GitRepositories {
    private readonly known = new Map<string, () => Promise<Found>>();

    /** @param scratch a temporary folder that only this user can read */
    constructor(
        private readonly settings: GitSettings,
        private readonly scratch: string,
    ) {}

    /** The files of a repository at a branch, tag or commit; each revision is fetched once. */
    at(url: string, revision: string): Promise<Found> {
        const key = `${url} ${revision}`;
        const found = this.known.get(key) ?? once(() => this.fetch(url, revision, `${this.known.size}`));
        this.known.set(key, found);
        return found();
    }

    private async fetch(url: string, revision: string, name: string): Promise<Found> {
        const folder = path.join(this.scratch, name);
        fs.mkdirSync(folder);
        const env = gitEnvironment(url, this.settings, `${folder}-`);
        const git = (...args: readonly string[]) => run("git", ["-C", folder, ...args], { env, timeoutMs });
        const reached = await git("ls-remote", "--quiet", url, "HEAD");
        if (reached.notFound) {
            return { missing: "git is not on PATH. Install it" };
        }
        if (!reached.ok) {
            const why = reached.output.trim().split("\n").at(-1) ?? reached.reason;
            const remedy = "Correct the URL, or its entry under hubspoke:repositories";
            return { missing: `the repository ${url} cannot be read: ${why}. ${remedy}` };
        }
        await git("init", "--quiet");
        const shallow = await git("fetch", "--quiet", "--depth=1", url, revision);
        // A server gives a commit by its whole name only; Argo CD, which has all commits, also takes its beginning.
        const isShort = !shallow.ok && /^[0-9a-f]{7,39}$/.test(revision);
        const all = ["+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"];
        const fetched = isShort ? await git("fetch", "--quiet", url, ...all) : shallow;
        const found = isShort ? revision : "FETCH_HEAD";
        const taken = fetched.ok && (await git("checkout", "--quiet", "--detach", found));
        return taken && taken.ok
            ? { folder }
            : { missing: `the repository ${url} has no revision ${revision}. Push it, or correct the revision` };
    }
}

/** Credentials go into the environment and into files, and never into arguments. */
function gitEnvironment(url: string, settings: GitSettings, prefix: string): Record<string, string> {
    const { repositories, gitCertificates, knownHosts } = settings;
    const own = Object.values(repositories).find((one) => plainUrl(one.url) === plainUrl(url));
    const write = (name: string, text: string) => {
        const file = `${prefix}${name}`;
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
    const ca = URL.canParse(url) ? gitCertificates[new URL(url).hostname] : undefined;
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
