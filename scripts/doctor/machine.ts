import { readFileSync } from "node:fs";
import * as path from "node:path";
import { engines } from "../../package.json";
import { isAtLeast } from "../../settings/version";
import { run } from "../support/run";
import { type Finding, finding, ok } from "./finding";

/** Limit of one command, in milliseconds. */
const timeoutMs = 30_000;

/** Versions of the tools on PATH; undefined for one that is not there. */
export interface MachineFacts {
    readonly node: string;
    readonly pulumi: string | undefined;
    readonly git: string | undefined;
    readonly kubectl: string | undefined;
    readonly helm: string | undefined;
    /** Versions of Pulumi's plugins that are installed, by their names. */
    readonly plugins: Readonly<Record<string, readonly string[]>>;
}

/** Packages of the program that need a plugin of Pulumi in their own version, by the plugin's name. */
const pluginPackages: Readonly<Record<string, string>> = {
    kubernetes: "@pulumi/kubernetes",
    random: "@pulumi/random",
    "kubernetes-cert-manager": "@pulumi/kubernetes-cert-manager",
};

/** Reads the versions of the tools on PATH. */
export async function readMachine(): Promise<MachineFacts> {
    const [pulumi, git, kubectl, helm, plugins] = await Promise.all([
        versionIn("pulumi", ["version"]),
        versionIn("git", ["version"]),
        versionIn("kubectl", ["version", "--client"]),
        versionIn("helm", ["version", "--short"]),
        run("pulumi", ["plugin", "ls", "--json"], { timeoutMs }),
    ]);
    const installed = (plugins.ok ? JSON.parse(plugins.stdout) : []) as { name: string; version?: string }[];
    const named = Object.keys(pluginPackages).map((name) => {
        const versions = installed.filter((one) => one.name === name).flatMap(({ version }) => version ?? []);
        return [name, versions.map((version) => version.replace(/^v/, ""))] as const;
    });
    return { node: process.versions.node, pulumi, git, kubectl, helm, plugins: Object.fromEntries(named) };
}

/** The first version in a command's output. */
async function versionIn(command: string, args: readonly string[]): Promise<string | undefined> {
    const { ok: succeeded, stdout } = await run(command, args, { timeoutMs });
    return succeeded ? /\d+\.\d+\.\d+/.exec(stdout)?.[0] : undefined;
}

/** Compares the tools with what the program needs. */
export function judgeMachine({ node, pulumi, git, kubectl, helm, plugins }: MachineFacts): Finding[] {
    const oldestNode = engines.node.replace(">=", "");
    const sdk = versionOf("@pulumi/pulumi");
    return [
        isAtLeast(node, oldestNode)
            ? ok(`node ${node}`)
            : finding("fail", `node ${node} is older than ${oldestNode}. Install a newer one`),
        judgePulumi(pulumi, sdk),
        ...(pulumi === undefined ? [] : judgePlugins(plugins)),
        git === undefined ? finding("fail", "git is not on PATH. Install it") : ok(`git ${git}`),
        kubectl === undefined
            ? finding("warn", "kubectl is not on PATH. Install it, for the commands in the documentation")
            : ok(`kubectl ${kubectl}`),
        helm === undefined
            ? finding("unknown", "helm is not on PATH, so the objects and images of charts are not checked. Install it")
            : ok(`helm ${helm}`),
    ];
}

function judgePulumi(found: string | undefined, sdk: string): Finding {
    const remedy = "Install it from https://www.pulumi.com/docs/iac/download-install/";
    if (found === undefined) {
        return finding("fail", `pulumi is not on PATH. ${remedy}`);
    }
    return isAtLeast(found, sdk)
        ? ok(`pulumi ${found}`)
        : finding("fail", `pulumi ${found} is older than the program's package @pulumi/pulumi, ${sdk}. ${remedy}`);
}

/** `pulumi` downloads a missing plugin when it needs it. */
function judgePlugins(plugins: MachineFacts["plugins"]): Finding[] {
    const needed = Object.entries(pluginPackages).map(([name, own]) => ({ name, version: versionOf(own) }));
    const missing = needed.filter(({ name, version }) => !plugins[name]?.includes(version));
    const list = missing.map(({ name, version }) => `${name} ${version}`);
    return missing.length === 0
        ? [ok(`Pulumi's plugins ${needed.map(({ name, version }) => `${name} ${version}`).join(", ")}`)]
        : [
              finding(
                  "warn",
                  `Pulumi's plugins ${list.join(", ")} are not installed; the first run downloads them. Without internet, ` +
                      "install each before: pulumi plugin install resource NAME VERSION",
              ),
          ];
}

/** Whether kubectl and an API server differ by more than one minor version (kubernetes.io, "Version Skew Policy"). */
export function isSkewed(kubectl: string, server: string): boolean {
    const minor = (version: string) => Number(/(\d+)\.(\d+)/.exec(version)?.[2]);
    return Math.abs(minor(kubectl) - minor(server)) > 1;
}

/** Version of an installed package; a package may not export its package.json. */
function versionOf(name: string): string {
    const file = path.resolve(__dirname, "../../node_modules", name, "package.json");
    return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version.replace(/^v/, "");
}
