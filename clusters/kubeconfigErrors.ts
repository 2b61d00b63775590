import * as os from "node:os";
import * as path from "node:path";
import type { User } from "@kubernetes/client-node";

/**
 * Errors of a kubeconfig, said without its contents: a parser quotes the line it stopped at, Node quotes a variable
 * that it refuses, and a plugin may print its own arguments. Each of these can be a credential.
 */

/** What an error of the client, of js-yaml or of Node may carry. */
interface Details {
    /** Of js-yaml: where it stopped, counted from 0. */
    readonly mark?: { readonly line: number };
    /** Of Node: for example ENOENT. */
    readonly code?: string;
    /** Of Node: the call that failed, such as `open` or `spawn aws`. */
    readonly syscall?: string;
    readonly message: string;
}

/** How much of a plugin's words is shown, in characters. */
const longest = 500;

const flatten = "Write what `kubectl config view --raw --minify --flatten` prints";

/** The client's own words for an entry that is not complete; they hold no contents. */
const incomplete = /^(clusters|users|contexts)\[\d+\](\.[a-z]+)+ is missing$/;

/**
 * Why a kubeconfig cannot be parsed.
 *
 * @param file the file's path; nothing for a kubeconfig in the settings
 */
export function parseProblem(setting: string, file: string | undefined, error: unknown): string {
    const { mark, code, syscall, message } = error as Details;
    const [at, remedy] =
        file === undefined
            ? [`hubspoke:${setting}.kubeconfig: is`, flatten]
            : [`hubspoke:${setting}: ${file} is`, "Correct that file, or point KUBECONFIG at another"];
    if (mark !== undefined) {
        return `${at} no kubeconfig: line ${mark.line + 1} cannot be read as YAML. ${remedy}`;
    }
    if (code !== undefined && syscall !== undefined) {
        return `${at} not readable, or a file that it names is not (${code}). ${remedy}`;
    }
    return `${at} no kubeconfig${incomplete.test(message) ? `: ${message}` : ""}. ${remedy}`;
}

/**
 * Why the credentials of a kubeconfig cannot be used: a file that it names, or its exec plugin.
 *
 * @param user the kubeconfig's user; of its texts nothing is quoted
 */
export function credentialProblem(setting: string, user: User | null, error: unknown): string {
    const { code, syscall = "", message } = error as Details;
    const exec = execOf(user);
    const problem = (what: string) => `hubspoke:${setting}: ${what}`;
    if (exec === undefined) {
        return code !== undefined && syscall !== ""
            ? problem(`a file that the kubeconfig names for its credentials cannot be read (${code}). ${flatten}`)
            : problem("the credentials of the kubeconfig cannot be used. Check its user with `kubectl auth whoami`");
    }
    if (syscall.startsWith("spawn")) {
        const command = path.basename(exec.command ?? "");
        const named = /^[\w.-]{1,40}$/.test(command) ? ` ${command}` : "";
        return problem(
            `the exec plugin${named} of the kubeconfig cannot be started (${code}). Install it, and put it on PATH`,
        );
    }
    if (error instanceof Error && error.constructor === Error && code === undefined) {
        const said = masked(message.trim().slice(0, longest), [...textsIn(exec), ...textsIn(process.env)]);
        return problem(`the exec plugin of the kubeconfig failed${said === "" ? "" : `: ${said}`}. Log in again`);
    }
    return problem(
        "the exec plugin of the kubeconfig cannot be used: its entry is not as client.authentication.k8s.io defines it, " +
            "or it prints no ExecCredential. Try it by `kubectl auth whoami`",
    );
}

interface Exec {
    readonly command?: string;
}

function execOf(user: User | null): Exec | undefined {
    const older = user?.authProvider as { readonly config?: { readonly exec?: Exec } } | undefined;
    return (user?.exec as Exec | undefined) ?? older?.config?.exec;
}

/** A plugin's words without the longer ones that it was given; short ones are no credential. */
function masked(words: string, given: readonly string[]): string {
    return words.replace(/[^\s"'=:,;]{8,}/g, (word) => (given.some((text) => text.includes(word)) ? "***" : word));
}

function textsIn(value: unknown): string[] {
    if (typeof value === "string") {
        return [value];
    }
    return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** The files that a client reads where nothing else is said: those in KUBECONFIG, or `~/.kube/config`. */
export function defaultFiles(): string[] {
    const listed = (process.env.KUBECONFIG ?? "").split(path.delimiter).filter((file) => file !== "");
    return listed.length > 0 ? listed : [path.join(os.homedir(), ".kube", "config")];
}
