import { type BuildOptions, build } from "esbuild";

/**
 * Bundles a TypeScript program and its imports into one script, so that its process does not contain the loader that
 * TypeScript needs.
 */
export async function bundleScript(entry: string, outfile: string, more: BuildOptions = {}): Promise<void> {
    await build({
        entryPoints: [entry],
        outfile,
        bundle: true,
        platform: "node",
        format: "cjs",
        target: "node20",
        logLevel: "error",
        ...more,
    });
}
