import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Limit for the CLI to read a stack's configuration, in milliseconds: some backends are far away. */
const limitMs = 2 * 60_000;

/** Where a stack's configuration is. */
export interface ConfigPlace {
    /** Folder of Pulumi.yaml and the stack files. */
    readonly folder: string;
    /** A file in place of the stack file. */
    readonly file?: string | undefined;
}

/**
 * A stack's configuration with its secrets in plain text, as `pulumi config` reads it: the stack file alone does not
 * show how Pulumi reads its values, and not what is encrypted with the stack's key. Never print it.
 *
 * @returns the keys of `hubspoke`, without the prefix
 * @throws Error with the reason and without the output
 */
export async function configOf(stack: string, { folder, file }: ConfigPlace): Promise<Record<string, unknown>> {
    const place = ["--cwd", folder, ...(file === undefined ? [] : ["--config-file", file])];
    const args = ["config", "--json", "--show-secrets", "--stack", stack, "--non-interactive", ...place];
    const options = { timeout: limitMs, maxBuffer: 256 * 1024 * 1024 };
    const { stdout } = await execute("pulumi", args, options).catch(({ stderr = "", code }: { stderr?: string; code?: unknown }) => {
        const why = code === "ENOENT" ? "pulumi is not on PATH" : /^error: .*$/m.exec(stderr)?.[0];
        throw new Error(`pulumi config --stack ${stack} failed: ${why ?? "see it by running that command"}`);
    });
    type Value = { readonly value?: string; readonly objectValue?: unknown };
    const values = Object.entries(JSON.parse(stdout) as Record<string, Value>)
        .filter(([key]) => key.startsWith("hubspoke:"))
        .map(([key, { value, objectValue }]) => [key.slice("hubspoke:".length), objectValue ?? value]);
    return Object.fromEntries(values) as Record<string, unknown>;
}
