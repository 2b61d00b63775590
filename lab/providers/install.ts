import * as fs from "node:fs/promises";
import * as path from "node:path";
import { version as certManagerVersion } from "@pulumi/kubernetes-cert-manager/package.json";
import { version as kubernetesVersion } from "@pulumi/kubernetes/package.json";
import { version as randomVersion } from "@pulumi/random/package.json";
import { bundle, type StandIn } from "./bundle";

export type { StandIn } from "./bundle";

export interface InstallOptions {
    /** PULUMI_HOME of the lab: resource plugins go below its `plugins` folder. */
    readonly pulumiHome: string;
    /** A folder on the PATH of the Pulumi CLI: the language host goes there. */
    readonly binDir: string;
    readonly plugins: readonly StandIn[];
}

/**
 * Runs dynamic resources: Pulumi's own, from its npm package. The official language host brings a script for
 * it.
 */
const dynamicProvider = require.resolve("@pulumi/pulumi/cmd/dynamic-provider");

/**
 * Installs the stand-ins where the Pulumi CLI looks for plugins. Resource plugins have the version of their npm
 * package, so the engine uses them as the installed ones. Safe to repeat: unchanged sources are not built
 * again.
 */
export async function installStandIns({ pulumiHome, binDir, plugins }: InstallOptions): Promise<void> {
    await Promise.all(
        plugins.map(async (plugin) => {
            const script = await bundle(plugin, path.join(pulumiHome, "stand-ins"));
            await writeExecutable(shimPath(plugin, pulumiHome, binDir), shim(script));
            if (plugin === "nodejs") {
                await writeExecutable(
                    path.join(binDir, "pulumi-resource-pulumi-nodejs"),
                    shim(dynamicProvider),
                );
            }
        }),
    );
}

function shimPath(plugin: StandIn, pulumiHome: string, binDir: string): string {
    switch (plugin) {
        case "nodejs":
            return path.join(binDir, "pulumi-language-nodejs");
        case "kubernetes":
            return resourcePlugin(pulumiHome, plugin, kubernetesVersion);
        case "random":
            return resourcePlugin(pulumiHome, plugin, randomVersion);
        case "kubernetes-cert-manager":
            return resourcePlugin(pulumiHome, plugin, certManagerVersion);
        default:
            return plugin satisfies never;
    }
}

/** Where the engine looks for an installed plugin (`workspace/plugins.go`). */
function resourcePlugin(pulumiHome: string, name: string, version: string): string {
    return path.join(pulumiHome, "plugins", `resource-${name}-v${version}`, `pulumi-resource-${name}`);
}

/** Replaces itself with node, so that signals of the engine reach the plugin. */
function shim(script: string): string {
    return `#!/bin/sh\nexec ${quote(process.execPath)} ${quote(script)} "$@"\n`;
}

function quote(word: string): string {
    return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Written to a temporary file and renamed: another lab's CLI may start the plugin at this moment. */
async function writeExecutable(file: string, contents: string): Promise<void> {
    await fs.mkdir(path.dirname(file), { recursive: true });
    const temporary = `${file}.${process.pid}`;
    await fs.writeFile(temporary, contents, { mode: 0o755 });
    await fs.rename(temporary, file);
}
