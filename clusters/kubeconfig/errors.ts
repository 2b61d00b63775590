import * as path from "node:path";
import { yamlProblem } from "../../settings/yamlProblem";
import { PluginError } from "./execPlugin";
import type { Exec, User } from "./fields";

/**
 * Errors of a kubeconfig, without its contents: a parser quotes the line where it stopped, Node quotes a variable
 * that it refuses, and a plugin may print its own arguments. Each of these can be a credential.
 */

/** Where a kubeconfig is from. */
export interface Source {
    /** The setting of the cluster, for example `clusters.staging`. */
    readonly setting: string;
    /** The file's path; nothing for a kubeconfig in the settings. */
    readonly file?: string;
}

/** Credentials that a request cannot be made with. The message contains no value of the kubeconfig. */
export class UnusableError extends Error {}

/** Maximum length of a plugin's output in a message, in characters. */
const longest = 500;

/** What to do where a kubeconfig in the settings is not usable. */
export const flatten = "Write the output of `kubectl config view --raw --minify --flatten`";

/** Why a kubeconfig cannot be parsed. */
export function parseProblem(source: Source, error: unknown): string {
    return invalid(source, yamlProblem(error));
}

/**
 * Why a value in a kubeconfig cannot be used.
 *
 * @param issue the value's place, and what it must be; keys of free maps are contents, and left out
 */
export function valueProblem(
    source: Source,
    issue: { readonly path: readonly PropertyKey[]; readonly message: string } | undefined,
): string {
    const free = issue?.path.findIndex((key) => key === "as-user-extra" || key === "config") ?? -1;
    const keys = issue?.path.slice(0, free < 0 ? undefined : free + 1) ?? [];
    const place = keys.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("").slice(1);
    return invalid(source, `${place || "it"} ${issue?.message}`);
}

/** Why a kubeconfig's file cannot be read. */
export function fileProblem({ setting, file }: Source, error: unknown): string {
    return `hubspoke:${setting}: ${file} cannot be read (${codeOf(error)}). Correct that file, or set KUBECONFIG to another`;
}

/** Why a file that a kubeconfig names cannot be read. */
export function pathProblem(setting: string, field: string, error: unknown): string {
    return (
        `hubspoke:${setting}: a ${field} file of the kubeconfig cannot be read (${codeOf(error)}). Correct its path, or ` +
        `log in again. ${flatten} where the kubeconfig is in the settings`
    );
}

/**
 * Why the credentials of a kubeconfig cannot be used: a file that it refers to, or its exec plugin.
 *
 * @param user the kubeconfig's user; the message quotes none of its values
 */
export function credentialProblem(setting: string, { exec }: Partial<User>, error: unknown): string {
    if (error instanceof UnusableError) {
        return `hubspoke:${setting}: ${error.message}`;
    }
    if (exec !== undefined) {
        return `hubspoke:${setting}: the exec plugin${nameOf(exec, error)} of the kubeconfig ${pluginProblem(exec, error)}`;
    }
    return (error as NodeJS.ErrnoException).syscall === undefined
        ? `hubspoke:${setting}: the credentials of the kubeconfig cannot be used. Check its user with \`kubectl auth whoami\``
        : pathProblem(setting, "credential", error);
}

function pluginProblem(exec: Exec, error: unknown): string {
    const misunderstood =
        "cannot be used: its entry does not match client.authentication.k8s.io, or it prints no ExecCredential of the " +
        "apiVersion that the kubeconfig names. Try it with `kubectl auth whoami`";
    if (!(error instanceof PluginError)) {
        return misunderstood;
    }
    const { reason, detail } = error;
    const said = masked(detail.trim(), [...textsIn(exec), ...textsIn(process.env)]).slice(0, longest);
    const output = said === "" ? "" : `: ${said}`;
    switch (reason) {
        case "missing":
            return `cannot be started (${detail}). Install it, and add it to PATH`;
        case "failed":
            return `failed${output}. Log in again`;
        case "late":
            return (
                `gave no credentials in time${output}. Log in first, for example by ` +
                "`kubectl auth whoami`, or use a login that asks nobody"
            );
        case "terminal":
            return "needs a terminal (interactiveMode is Always), which Pulumi does not have. Use a login that needs none";
        case "misunderstood":
            return misunderstood;
    }
}

function invalid({ setting, file }: Source, problem: string): string {
    return file === undefined
        ? `hubspoke:${setting}.kubeconfig: is not a valid kubeconfig: ${problem}. ${flatten}`
        : `hubspoke:${setting}: ${file} is not a valid kubeconfig: ${problem}. Correct that file, or set KUBECONFIG to another`;
}

function codeOf(error: unknown): string {
    return (error as NodeJS.ErrnoException).code ?? "unknown";
}

/** The name of a plugin that is missing, if it looks like the name of a program. */
function nameOf({ command = "" }: Exec, error: unknown): string {
    const name = path.basename(command);
    return error instanceof PluginError && error.reason === "missing" && /^[\w.-]{1,40}$/.test(name) ? ` ${name}` : "";
}

/**
 * A plugin's output without the longer words of its input: a plugin can quote them between brackets or dots. Short
 * words are not credentials, and neither is the host of a URL.
 */
function masked(words: string, given: readonly string[]): string {
    const secrets = new Set(given.flatMap((text) => [text, ...text.split(/[\s"'=:,;@/]+/)]).filter(isLong));
    const hidden = [...secrets]
        .sort((one, other) => other.length - one.length)
        .reduce((text, secret) => text.replaceAll(secret, "***"), words);
    // And a part of such a word, as where a plugin shortens it.
    return hidden.replace(/[^\s"'=:,;]{8,}/g, (word) =>
        !isHost(word) && given.some((text) => text.includes(word)) ? "***" : word,
    );
}

function isLong(word: string): boolean {
    return word.length >= 8 && !isHost(word);
}

function isHost(word: string): boolean {
    return /^(\w+:)?\/\/[\w.-]+\/?$/.test(word) || /^[\w-]+(\.[\w-]+)*\.[a-z]{2,}$/i.test(word);
}

function textsIn(value: unknown): string[] {
    if (typeof value === "string") {
        return [value];
    }
    return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
