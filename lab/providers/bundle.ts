import { createHash } from "node:crypto";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { bundleScript } from "../processes";
import { projectRoot } from "../paths";

/**
 * Plugins that the lab can replace with stand-ins, by the name of their folder here, except the language
 * host.
 */
export type StandIn = "nodejs" | "kubernetes" | "random" | "kubernetes-cert-manager";

const folders: Readonly<Record<StandIn, string>> = {
    nodejs: "languageHost",
    kubernetes: "kubernetes",
    random: "random",
    "kubernetes-cert-manager": "certManager",
};

/** Not in a bundle: Pulumi's SDK reads files from its own folder. Such a bundle is below the project's root. */
const external: Readonly<Partial<Record<StandIn, readonly string[]>>> = {
    "kubernetes-cert-manager": ["@pulumi/pulumi", "@pulumi/kubernetes"],
};

/**
 * Bundles a plugin into one script, which starts several times faster than its sources, and answers its path.
 * The name contains a hash of all sources and of the lock file, so a bundle is built once and never stale.
 */
export async function bundle(plugin: StandIn, directory: string): Promise<string> {
    const script = path.join(directory, `${plugin}-${await sourceHash()}.cjs`);
    const exists = await fs.access(script).then(
        () => true,
        () => false,
    );
    if (!exists) {
        const temporary = `${script}.${process.pid}`;
        await bundleScript(path.join(__dirname, folders[plugin], "main.ts"), temporary, {
            minifySyntax: true,
            minifyWhitespace: true,
            keepNames: true,
            external: [...(external[plugin] ?? [])],
        });
        await fs.rename(temporary, script);
    }
    return script;
}

async function sourceHash(): Promise<string> {
    const entries = await fs.readdir(__dirname, { recursive: true, withFileTypes: true });
    const sources = entries
        .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
        .map((entry) => path.join(entry.parentPath, entry.name))
        .sort();
    const hash = createHash("sha256");
    for (const file of [...sources, path.join(projectRoot, "package-lock.json")]) {
        hash.update(file.slice(projectRoot.length)).update(await fs.readFile(file));
    }
    return hash.digest("hex").slice(0, 16);
}
