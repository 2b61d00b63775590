import { spawn } from "node:child_process";
import { parse } from "yaml";
import { z } from "zod";
import type { Exec } from "./fields";
import { queue } from "./queue";

/** Limit for a plugin to print credentials, in milliseconds; a login in a browser takes a while. */
const loginLimitMs = 60_000;

/** Plugins that run at the same time: many clusters would otherwise start as many processes at once. */
const pluginsAtOnce = 8;

const inTurn = queue(pluginsAtOnce);

/** How long the outputs of a plugin that has ended are waited for, in milliseconds. */
const lingerMs = 1_000;

/** What a plugin prints (client-go, pkg/apis/clientauthentication). */
const execCredential = z.object({
    kind: z.literal("ExecCredential"),
    apiVersion: z.string(),
    status: z
        .object({
            token: z.string().optional(),
            clientCertificateData: z.string().optional(),
            clientKeyData: z.string().optional(),
            expirationTimestamp: z.iso.datetime({ offset: true }).nullish(),
        })
        .refine(({ token, clientCertificateData: cert, clientKeyData: key }) => !cert === !key && `${token ?? ""}${cert ?? ""}` !== ""),
});

/** Credentials that a plugin printed: never print them. */
export type PluginCredentials = z.output<typeof execCredential>["status"];

/** A plugin gave no credentials. */
export class PluginError extends Error {
    /**
     * @param reason why; for `missing` with Node's error code in `detail`, else with what the plugin wrote to its error
     *     output, which may contain credentials
     */
    constructor(
        readonly reason: "missing" | "failed" | "late" | "terminal" | "misunderstood",
        readonly detail: string,
    ) {
        super(reason);
    }
}

interface Login {
    readonly credentials: Promise<PluginCredentials>;
    /** Milliseconds since 1970. */
    expires: number;
}

/** Logins of this process, by plugin and what it is told: a plugin may be slow, or ask a person. */
const logins = new Map<string, Login>();

/**
 * Runs an exec plugin, or returns what it printed before and has not expired.
 *
 * @param cluster what the plugin is told of the cluster
 * @param limitMs limit for the plugin from its start, in milliseconds
 * @throws PluginError
 */
export function logIn(exec: Exec, cluster?: object, limitMs = loginLimitMs): Promise<PluginCredentials> {
    const key = JSON.stringify([exec, cluster]);
    const before = logins.get(key);
    if (before !== undefined && before.expires > Date.now()) {
        return before.credentials;
    }
    const login: Login = { credentials: run(exec, cluster, limitMs), expires: Infinity };
    logins.set(key, login);
    login.credentials.then(
        ({ expirationTimestamp }) => (login.expires = Date.parse(expirationTimestamp ?? "9999-01-01")),
        () => (login.expires = 0),
    );
    return login.credentials;
}

/** Lets the next request run the plugin anew, because the cluster refuses what it printed. */
export function logOut(exec: Exec, cluster?: object): void {
    logins.delete(JSON.stringify([exec, cluster]));
}

async function run(exec: Exec, cluster: object | undefined, limitMs: number): Promise<PluginCredentials> {
    if (exec.interactiveMode === "Always") {
        throw new PluginError("terminal", "");
    }
    const { apiVersion } = exec;
    const input = { kind: "ExecCredential", apiVersion, spec: { cluster, interactive: false } };
    const output = await inTurn(() => outputOf(exec, JSON.stringify(input), limitMs));
    const { data } = execCredential.safeParse(objectIn(output.printed));
    if (data === undefined || data.apiVersion !== apiVersion) {
        throw new PluginError("misunderstood", output.said);
    }
    return data.status;
}

function objectIn(printed: string): unknown {
    try {
        return parse(printed);
    } catch {
        return undefined;
    }
}

interface Output {
    printed: string;
    said: string;
}

function outputOf({ command = "", args, env }: Exec, input: string, limitMs: number): Promise<Output> {
    const output: Output = { printed: "", said: "" };
    const variables = Object.fromEntries(env.map(({ name = "", value = "" }) => [name, value]));
    return new Promise((resolve, reject) => {
        const plugin = spawn(command, args.map((arg) => arg ?? ""), {
            env: { ...process.env, ...variables, KUBERNETES_EXEC_INFO: input },
            stdio: ["ignore", "pipe", "pipe"],
        });
        plugin.stdout.setEncoding("utf8").on("data", (text: string) => (output.printed += text));
        plugin.stderr.setEncoding("utf8").on("data", (text: string) => (output.said += text));
        const timers = [setTimeout(() => stop(new PluginError("late", output.said)), limitMs)];
        const stop = (error?: Error) => {
            timers.forEach(clearTimeout);
            plugin.kill();
            plugin.stdout.destroy();
            plugin.stderr.destroy();
            plugin.unref();
            if (error === undefined) {
                resolve(output);
            } else {
                reject(error);
            }
        };
        plugin.on("error", ({ code = "" }: NodeJS.ErrnoException) => stop(new PluginError("missing", code)));
        const end = () => stop(plugin.exitCode === 0 ? undefined : new PluginError("failed", output.said));
        plugin.on("close", end);
        // A process that the plugin leaves behind may hold its outputs open.
        plugin.on("exit", () => timers.push(setTimeout(end, lingerMs)));
    });
}
