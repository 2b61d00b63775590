import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { parseAllDocuments } from "yaml";
import { fileProblem, parseProblem, type Source, valueProblem } from "./errors";
import { type Cluster, type Context, kubeconfigFile, type KubeconfigFile, type User } from "./fields";

/** What one kubeconfig says, or several together. */
export interface Kubeconfig {
    readonly clusters: ReadonlyMap<string, Cluster>;
    readonly users: ReadonlyMap<string, User>;
    readonly contexts: ReadonlyMap<string, Context>;
    readonly currentContext?: string | undefined;
}

/** The files that a client reads by default: those in KUBECONFIG, or `~/.kube/config`. */
function defaultFiles(): string[] {
    const { KUBECONFIG: listed = "" } = process.env;
    const files = listed === "" ? [path.join(os.homedir(), ".kube", "config")] : listed.split(path.delimiter);
    return [...new Set(files)].filter((file) => file !== "");
}

/**
 * Reads the default files as client-go does: a file that does not exist is skipped, the first file that defines a name
 * counts, and a path in a file is relative to that file's folder (client-go, tools/clientcmd/loader.go).
 *
 * @throws Error that names the setting and the file, and quotes nothing of it
 */
export async function readDefault(setting: string): Promise<Kubeconfig> {
    const read = await Promise.all(defaultFiles().map((file) => readFile({ setting, file })));
    const files = read.filter((file) => file !== undefined);
    return {
        clusters: firstOf(files.map(({ clusters }) => clusters)),
        users: firstOf(files.map(({ users }) => users)),
        contexts: firstOf(files.map(({ contexts }) => contexts)),
        currentContext: files.find(({ currentContext }) => currentContext !== undefined)?.currentContext,
    };
}

/**
 * Reads the text of a kubeconfig. A path in it is relative to the file's folder, or to the working folder for a
 * kubeconfig in the settings.
 *
 * @throws Error that names the setting, and the file if there is one, and quotes nothing of the text
 */
export function readText(source: Source, text: string): Kubeconfig {
    const { clusters, users, contexts, "current-context": currentContext } = parse(source, text);
    const folder = path.dirname(path.resolve(source.file ?? "kubeconfig"));
    const byName = <Entry>(list: string, entries: readonly (readonly [string | undefined, Entry])[]) => {
        const all = new Map(entries.map(([name = "", entry]) => [name, entry]));
        if (all.size < entries.length) {
            throw new Error(valueProblem(source, { path: [list], message: "must not have a name twice" }));
        }
        return all;
    };
    return {
        clusters: byName("clusters", clusters.map(({ name, cluster }) => [name, clusterIn(folder, cluster)])),
        users: byName("users", users.map(({ name, user }) => [name, userIn(folder, user)])),
        contexts: byName("contexts", contexts.map(({ name, context }) => [name, context])),
        currentContext,
    };
}

async function readFile(source: Source & { readonly file: string }): Promise<Kubeconfig | undefined> {
    const bytes = await fs.readFile(source.file).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") {
            return undefined;
        }
        throw new Error(fileProblem(source, error));
    });
    return bytes === undefined ? undefined : readText(source, decode(bytes));
}

/** PowerShell writes UTF-16. */
function decode(bytes: Buffer): string {
    return new TextDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : "utf-8").decode(bytes);
}

/** Only the first YAML document counts; a key may be there twice. */
function parse(source: Source, text: string): KubeconfigFile {
    let value: unknown;
    try {
        const [document] = parseAllDocuments(text, {
            version: "1.1",
            uniqueKeys: false,
            customTags: (tags) => tags.filter((tag) => typeof tag === "string" || !isTextToGo(tag)),
            logLevel: "silent",
        });
        const error = document?.errors[0];
        if (error !== undefined) {
            throw error;
        }
        value = document?.toJS();
    } catch (error) {
        throw new Error(parseProblem(source, error));
    }
    const { success, data, error } = kubeconfigFile.safeParse(value);
    if (!success) {
        throw new Error(valueProblem(source, error.issues[0]));
    }
    return data;
}

/** YAML 1.1 has times, and numbers to the base of 60; Go's YAML leaves these as text. */
function isTextToGo({ tag, format }: { readonly tag: string; readonly format?: string }): boolean {
    return tag === "tag:yaml.org,2002:timestamp" || format === "TIME";
}

function firstOf<Entry>(maps: readonly ReadonlyMap<string, Entry>[]): Map<string, Entry> {
    return new Map(maps.toReversed().flatMap((map) => [...map]));
}

function clusterIn(folder: string, cluster: Cluster): Cluster {
    return { ...cluster, "certificate-authority": pathIn(folder, cluster["certificate-authority"]) };
}

/** A plugin's command is a path where it has a separator; else PATH has it. */
function userIn(folder: string, user: User): User {
    const { exec } = user;
    return {
        ...user,
        tokenFile: pathIn(folder, user.tokenFile),
        "client-certificate": pathIn(folder, user["client-certificate"]),
        "client-key": pathIn(folder, user["client-key"]),
        exec: exec?.command?.includes(path.sep) ? { ...exec, command: pathIn(folder, exec.command) } : exec,
    };
}

function pathIn(folder: string, file: string | undefined): string | undefined {
    return file === undefined ? undefined : path.resolve(folder, file);
}
