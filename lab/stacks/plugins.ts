import * as fs from "node:fs";
import * as path from "node:path";
import { version as certManagerVersion } from "@pulumi/kubernetes-cert-manager/package.json";
import { version as kubernetesVersion } from "@pulumi/kubernetes/package.json";
import { version as randomVersion } from "@pulumi/random/package.json";
import { run } from "../processes/run";
import { installStandIns, type StandIn } from "../providers/install";
import { toolPath, whyNoneAnswers } from "../tools";
import { binDir, pulumiEnvironment, pulumiHome } from "./environment";

/** Limit of one download of an official plugin. */
const downloadLimitMs = 120_000;

const resourcePlugins = {
    kubernetes: kubernetesVersion,
    random: randomVersion,
    "kubernetes-cert-manager": certManagerVersion,
} as const;

/** Where the CLI downloads plugins; it would wait for minutes where a firewall drops what is sent there. */
const pluginHosts = ["https://get.pulumi.com/", "https://github.com/"];

type ResourcePlugin = keyof typeof resourcePlugins;

/**
 * Installs the Pulumi plugins: the official ones if they can be downloaded, otherwise the lab's stand-ins.
 *
 * @returns a line for the user that says which are used
 */
export async function ensurePlugins(): Promise<string> {
    fs.mkdirSync(pulumiHome, { recursive: true });
    const standIns: StandIn[] = hasLanguageHost() ? [] : ["nodejs"];
    for (const name of Object.keys(resourcePlugins) as ResourcePlugin[]) {
        if (!(await officialPlugin(name))) {
            standIns.push(name);
        }
    }
    await installStandIns({ pulumiHome, binDir, plugins: standIns });
    return standIns.length === 0
        ? "Pulumi's official plugins"
        : `the lab's stand-ins for the Pulumi plugins ${standIns.join(", ")}, because the official ones cannot be downloaded here`;
}

/** Whether a language host other than the lab's own is on PATH or beside the CLI: the official CLI comes with one. */
function hasLanguageHost(): boolean {
    const besideCli = path.dirname(fs.realpathSync(toolPath("pulumi")));
    const folders = [besideCli, ...(process.env.PATH ?? "").split(path.delimiter)].filter((folder) => folder !== binDir);
    return folders.some((folder) => fs.existsSync(path.join(folder, "pulumi-language-nodejs")));
}

/** Whether the official plugin is in the lab's home, after an attempt to download it; a stand-in there stays. */
async function officialPlugin(name: ResourcePlugin): Promise<boolean> {
    const version = resourcePlugins[name];
    const executable = path.join(pulumiHome, "plugins", `resource-${name}-v${version}`, `pulumi-resource-${name}`);
    if (fs.existsSync(executable)) {
        return !fs.readFileSync(executable).subarray(0, 2).equals(Buffer.from("#!"));
    }
    if ((await whyNoneAnswers(pluginHosts)) !== undefined) {
        return false;
    }
    const { ok } = await run("pulumi", ["plugin", "install", "resource", name, version], {
        env: pulumiEnvironment(),
        timeoutMs: downloadLimitMs,
    });
    return ok;
}
