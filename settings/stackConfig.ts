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
 * @param limit limit in milliseconds
 * @returns the keys of `hubspoke`, without the prefix
 * @throws Error with the reason and without the output
 */
export async function configOf(
    stack: string,
    { folder, file }: ConfigPlace,
    limit = limitMs,
): Promise<Record<string, unknown>> {
    const place = ["--cwd", folder, ...(file === undefined ? [] : ["--config-file", file])];
    const args = ["config", "--json", "--show-secrets", "--stack", stack, "--non-interactive", ...place];
    const options = { timeout: limit, maxBuffer: 256 * 1024 * 1024 };
    const { stdout } = await execute("pulumi", args, options).catch((failure: Failure) => {
        throw new Error(`pulumi config --stack ${stack} failed: ${reasonOf(failure, limit)}`);
    });
    type Value = { readonly value?: string; readonly objectValue?: unknown };
    const values = Object.entries(JSON.parse(stdout) as Record<string, Value>)
        .filter(([key]) => key.startsWith("hubspoke:"))
        .map(([key, { value, objectValue }]) => [key.slice("hubspoke:".length), objectValue ?? value]);
    return Object.fromEntries(values) as Record<string, unknown>;
}

/** How the CLI failed. */
interface Failure {
    readonly stderr?: string;
    readonly code?: unknown;
    /** Whether it was ended at its limit. */
    readonly killed?: boolean;
}

function reasonOf({ stderr = "", code, killed = false }: Failure, limit: number): string {
    if (code === "ENOENT") {
        return "pulumi is not on PATH";
    }
    if (killed) {
        return `no end in ${limit / 60_000} min, perhaps since the backend does not answer; see it by running that command`;
    }
    return /^error: .*$/m.exec(stderr)?.[0] ?? "see it by running that command";
}
