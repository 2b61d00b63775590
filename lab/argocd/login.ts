import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { writeFileWhole } from "../processes";
import { ArgoCdApi, openSession } from "./api";
import { argoCdDir } from "./components";
import { findArgoCd } from "./start";

/** The `argocd` CLI reads its configuration from here (argo-cd `util/localconfig`): the file must be 0600. */
const configDir = path.join(argoCdDir, "cli");
const configFile = path.join(configDir, "config");

const cliConfig = z.object({
    servers: z.array(z.object({ server: z.string() })),
    users: z.array(z.object({ "auth-token": z.string() })),
});

/** Environment with which `argocd` talks to the lab's argocd-server as the logged-in user. */
export const argoCdCliEnvironment: Readonly<Record<string, string>> = { ARGOCD_CONFIG_DIR: configDir };

/** argocd-server's API, or the reason why it is not available. */
export type ArgoCdReach = ArgoCdApi | { readonly unavailable: string };

/**
 * Logs in to the lab's argocd-server and writes the CLI's configuration. It keeps a session that is still valid.
 *
 * @param password finds the admin's password, if it is needed
 */
export async function logIn(password: () => Promise<string>): Promise<ArgoCdApi> {
    const serverUrl = findArgoCd()?.serverUrl;
    if (!serverUrl) {
        throw new Error("cannot log in to Argo CD: argocd-server does not run (npm run lab starts it)");
    }
    const kept = await keptSession(serverUrl);
    if (kept) {
        return kept;
    }
    const token = await openSession(serverUrl, "admin", await password());
    const server = new URL(serverUrl).host;
    const config = {
        "current-context": server,
        contexts: [{ name: server, server, user: server }],
        servers: [{ server, "plain-text": true, "grpc-web-root-path": "" }],
        users: [{ name: server, "auth-token": token }],
    };
    writeFileWhole(configFile, stringify(config), 0o600);
    return new ArgoCdApi(serverUrl, token);
}

/** The session in the CLI's configuration, if it is for this server and argocd-server still accepts it. */
async function keptSession(serverUrl: string): Promise<ArgoCdApi | undefined> {
    if (!fs.existsSync(configFile)) {
        return undefined;
    }
    const config = cliConfig.safeParse(parse(fs.readFileSync(configFile, "utf8")));
    const [server, user] = [config.data?.servers[0], config.data?.users[0]];
    if (!user || server?.server !== new URL(serverUrl).host) {
        return undefined;
    }
    const api = new ArgoCdApi(serverUrl, user["auth-token"]);
    const info = (await api.get("/api/v1/session/userinfo")) as { loggedIn?: boolean };
    return info.loggedIn ? api : undefined;
}
