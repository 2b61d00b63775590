import * as os from "node:os";
import * as path from "node:path";
import type { User } from "@kubernetes/client-node";

/**
 * Errors of a kubeconfig, without its contents: a parser quotes the line where it stopped, Node quotes a variable
 * that it refuses, and a plugin may print its own arguments. Each of these can be a credential.
 */

/** What an error of the client, of js-yaml or of Node may contain. */
interface Details {
    /** From js-yaml: the position of the error, counted from 0. */
    readonly mark?: { readonly line: number };
    /** From Node: for example ENOENT. */
    readonly code?: string;
    /** From Node: the call that failed, such as `open` or `spawn aws`. */
    readonly syscall?: string;
    readonly message: string;
}

/** Maximum length of a plugin's output in a message, in characters. */
const longest = 500;

const flatten = "Write the output of `kubectl config view --raw --minify --flatten`";

/** The client's message for an incomplete entry; it contains no values. */
const incomplete = /^(clusters|users|contexts)\[\d+\](\.[a-z]+)+ is missing$/;

/**
 * Why a kubeconfig cannot be parsed.
 *
 * @param file the file's path; undefined for a kubeconfig in the settings
 */
export function parseProblem(setting: string, file: string | undefined, error: unknown): string {
    const { mark, code, syscall, message } = error as Details;
    const [at, remedy] =
        file === undefined
            ? [`hubspoke:${setting}.kubeconfig: is`, flatten]
            : [`hubspoke:${setting}: ${file} is`, "Correct that file, or set KUBECONFIG to another"];
    if (mark !== undefined) {
        return `${at} not a valid kubeconfig: line ${mark.line + 1} cannot be read as YAML. ${remedy}`;
    }
    if (code !== undefined && syscall !== undefined) {
        return `${at} not readable, or refers to a file that is not readable (${code}). ${remedy}`;
    }
    return `${at} not a valid kubeconfig${incomplete.test(message) ? `: ${message}` : ""}. ${remedy}`;
}

/**
 * Why the credentials of a kubeconfig cannot be used: a file that it refers to, or its exec plugin.
 *
 * @param user the kubeconfig's user; the message quotes none of its values
 */
export function credentialProblem(setting: string, user: User | null, error: unknown): string {
    const { code, syscall = "", message } = error as Details;
    const exec = execOf(user);
    const problem = (what: string) => `hubspoke:${setting}: ${what}`;
    if (exec === undefined) {
        return code !== undefined && syscall !== ""
            ? problem(`a credential file of the kubeconfig cannot be read (${code}). ${flatten}`)
            : problem("the credentials of the kubeconfig cannot be used. Check its user with `kubectl auth whoami`");
    }
    if (syscall.startsWith("spawn")) {
        const command = path.basename(exec.command ?? "");
        const named = /^[\w.-]{1,40}$/.test(command) ? ` ${command}` : "";
        return problem(
            `the exec plugin${named} of the kubeconfig cannot be started (${code}). Install it, and add it to PATH`,
        );
    }
    if (error instanceof Error && error.constructor === Error && code === undefined) {
        const said = masked(message.trim().slice(0, longest), [...textsIn(exec), ...textsIn(process.env)]);
        return problem(`the exec plugin of the kubeconfig failed${said === "" ? "" : `: ${said}`}. Log in again`);
    }
    return problem(
        "the exec plugin of the kubeconfig cannot be used: its entry does not match client.authentication.k8s.io, " +
            "or it prints no ExecCredential. Try it with `kubectl auth whoami`",
    );
}

interface Exec {
    readonly command?: string;
}

function execOf(user: User | null): Exec | undefined {
    const older = user?.authProvider as { readonly config?: { readonly exec?: Exec } } | undefined;
    return (user?.exec as Exec | undefined) ?? older?.config?.exec;
}

/** A plugin's output, with the longer words of its input masked; short words are not credentials. */
function masked(words: string, given: readonly string[]): string {
    return words.replace(/[^\s"'=:,;]{8,}/g, (word) => (given.some((text) => text.includes(word)) ? "***" : word));
}

function textsIn(value: unknown): string[] {
    if (typeof value === "string") {
        return [value];
    }
    return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** The files that a client reads by default: those in KUBECONFIG, or `~/.kube/config`. */
export function defaultFiles(): string[] {
    const listed = (process.env.KUBECONFIG ?? "").split(path.delimiter).filter((file) => file !== "");
    return listed.length > 0 ? listed : [path.join(os.homedir(), ".kube", "config")];
}
