import * as fs from "node:fs";
import * as path from "node:path";
import { gitRoot, gitEnvironment } from "../../../lab/argocd/gitRepository";
import { type ClusterName, clusterNames } from "../../../lab/clusters";
import { kubectl } from "../../../lab/kubectl";
import { projectRoot } from "../../../lab/paths";
import { run } from "../../../lab/processes/run";
import { passphraseFile } from "../../../lab/stacks/environment";
import { adminPassword } from "../../../lab/stacks/pulumi";

/** Secret values that were valid at some time of the run, under where they were. */
const noted = new Map<string, string>();

/** Remembers a secret value that may be gone at the end of the run. */
export function noteSecret(where: string, value: string): void {
    noted.set(`${where} (${noted.size})`, value);
}

interface SecretList {
    readonly items: readonly {
        readonly metadata: { readonly namespace: string; readonly name: string };
        readonly data?: Record<string, string>;
    }[];
}

/** Keys of Secrets whose values are no secret: a cluster's name, its address, its CA. */
const publicKeys = [
    "name", "server", "project", "namespaces", "clusterResources", "namespace", "ca.crt", "tls.crt",
    "admin.passwordMtime",
];

/** Every secret value that exists in the lab or was noted, under where it was found. */
export async function secretValues(): Promise<Map<string, string>> {
    const values = new Map(noted);
    for (const cluster of clusterNames) {
        (await secretsOn(cluster)).forEach((value, where) => values.set(where, value));
    }
    values.set("the admin's password", await adminPassword());
    values.set("the passphrase of the stacks", fs.readFileSync(passphraseFile, "utf8"));
    return values;
}

/** Every secret value that exists on one cluster, under where it was found. */
export async function secretsOn(cluster: ClusterName): Promise<Map<string, string>> {
    const values = new Map<string, string>();
    const json = await kubectl(cluster, ["get", "secrets", "--all-namespaces", "--output=json"]);
    for (const { metadata, data = {} } of (JSON.parse(json) as SecretList).items) {
        for (const [key, encoded] of Object.entries(data).filter(([name]) => !publicKeys.includes(name))) {
            const where = `${cluster} ${metadata.namespace}/${metadata.name} ${key}`;
            const text = Buffer.from(encoded, "base64").toString("utf8");
            if (key !== "config") {
                values.set(where, text);
                continue;
            }
            // The hub's own registration has no credential.
            const { bearerToken } = JSON.parse(text) as { bearerToken?: string };
            if (bearerToken !== undefined) {
                values.set(where, text).set(`${where} bearerToken`, bearerToken);
            }
        }
    }
    return values;
}

/** Where each of the values stands in the texts, as it is or in base64: nowhere, it is hoped. */
export function leaksOf(values: ReadonlyMap<string, string>, texts: ReadonlyMap<string, string>): string[] {
    return [...values].flatMap(([where, value]) => {
        const forms = [value, Buffer.from(value, "utf8").toString("base64")].filter((form) => form.length >= 8);
        return [...texts].flatMap(([place, text]) =>
            forms.some((form) => text.includes(form)) ? [`${where} in ${place}`] : [],
        );
    });
}

/** The text of every file below a folder. */
export function textsBelow(folder: string): Map<string, string> {
    const files = fs
        .readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.parentPath, entry.name));
    return new Map(files.map((file) => [file, fs.readFileSync(file, "utf8")]));
}

interface MetadataList {
    readonly items: readonly {
        readonly kind: string;
        readonly metadata: { readonly name: string; readonly labels?: object; readonly annotations?: object };
    }[];
}

/** Labels and annotations of all that stands on a cluster. */
export async function metadataTexts(cluster: ClusterName): Promise<Map<string, string>> {
    const kinds = (await kubectl(cluster, ["api-resources", "--verbs=list", "--output=name"])).trim().split("\n");
    const json = await kubectl(cluster, ["get", kinds.join(","), "--all-namespaces", "--output=json"]);
    return new Map(
        (JSON.parse(json) as MetadataList).items.map(({ kind, metadata: { name, labels, annotations } }) => [
            `labels and annotations of ${kind} ${name} on ${cluster}`,
            JSON.stringify({ labels, annotations }),
        ]),
    );
}

/** All that Git has or would commit: the checkout's files, and every object of the repositories that the lab serves. */
export async function gitTexts(): Promise<Map<string, string>> {
    const git = async (cwd: string, ...args: string[]) => {
        const { ok, stdout, output } = await run("git", args, { cwd, env: gitEnvironment() });
        if (!ok) {
            throw new Error(`git ${args.join(" ")} in ${cwd} failed: ${output}`);
        }
        return stdout;
    };
    const listed = await git(projectRoot, "ls-files", "--cached", "--others", "--exclude-standard", "-z");
    const files = listed.split("\0").filter((file) => file !== "" && fs.existsSync(path.join(projectRoot, file)));
    const texts = new Map(files.map((file) => [file, fs.readFileSync(path.join(projectRoot, file), "utf8")]));
    const folders = fs.readdirSync(gitRoot, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    for (const { name: repository } of folders) {
        const history = await git(path.join(gitRoot, repository), "log", "--all", "--patch", "--format=%B");
        texts.set(`the history of ${repository}`, history);
    }
    return texts;
}
