import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { run } from "../../../lab/processes/run";
import { toolPath } from "../../../lab/tools";
import { type Outcome, transcript } from "./lab";

/** The `argocd` command with a configuration of its own: one user's session, and not the lab's. */
export class ArgoCdCli {
    private readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "argocd-cli-"));

    /** @param serverUrl where argocd-server listens, without TLS */
    constructor(private readonly serverUrl: string) {}

    /** Runs `argocd`; what it prints is searched for secrets at the end. */
    async run(...args: string[]): Promise<Outcome> {
        const env = { ARGOCD_CONFIG_DIR: this.folder };
        const { ok, output } = await run(toolPath("argocd"), args, { env, timeoutMs: 60_000 });
        transcript.push(output);
        return { ok, output };
    }

    /** Logs in as a person does; a session that there was ends. */
    async logIn(username: string, password: string): Promise<Outcome> {
        const server = new URL(this.serverUrl).host;
        return this.run("login", server, "--plaintext", "--skip-test-tls", "--username", username, "--password", password);
    }

    /** Forgets the session. */
    close(): void {
        fs.rmSync(this.folder, { recursive: true, force: true });
    }
}
