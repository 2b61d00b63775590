import * as fs from "node:fs";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { findProcess, keepPort, startProcess, stopProcess, waitFor, writeFileWhole } from "../processes";
import { agentRepository, gitEnvironment, gitRoot } from "./gitRepository";
import { lookAtHttp } from "./health";

const name = "git-server";
const portFile = path.join(gitRoot, "port");
const startLimitMs = 30_000;

/** URL of the agent's repository, or of a copy of it, once the Git server has been started in this lab. */
export function agentRepositoryUrl(repository = agentRepository): string {
    return `http://127.0.0.1:${fs.readFileSync(portFile, "utf8")}/${path.basename(repository)}`;
}

/**
 * Starts the Git server in its own process, if it does not run, on the same port as before if that is
 * free: the port is part of the repository's URL, which the hub's stack holds.
 *
 * @returns URL of the agent's repository.
 */
export async function startGitServer(): Promise<string> {
    const running = findProcess(name);
    if (!running) {
        const port = await keepPort(fs.existsSync(portFile) ? Number(fs.readFileSync(portFile, "utf8")) : undefined);
        writeFileWhole(portFile, String(port));
        await startProcess({
            name,
            command: process.execPath,
            args: [
                "--import",
                pathToFileURL(require.resolve("tsx")).href,
                path.join(__dirname, "gitServerMain.ts"),
                gitRoot,
                String(port),
            ],
            env: gitEnvironment(),
            cwd: gitRoot,
            ports: [port],
        });
    }
    const health = new URL("/healthz", agentRepositoryUrl()).href;
    await waitFor("the Git server to answer", () => lookAtHttp(health), {
        timeoutMs: startLimitMs,
        processes: [name],
    });
    return agentRepositoryUrl();
}

/** Stops the Git server; the repositories and the port's number stay. */
export async function stopGitServer(): Promise<void> {
    await stopProcess(name);
}
