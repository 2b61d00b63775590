import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { firstGiven } from "../../plugin/values";

/** A call of the helm program that ended with an error. The message is what helm printed. */
export class HelmError extends Error {
    constructor(message: string) {
        super(message);
        this.name = "HelmError";
    }
}

export interface HelmCall {
    readonly args: readonly string[];
    /** Written to helm's standard input, as for `--values -`. */
    readonly input?: string;
    /** Aborting it interrupts helm. */
    readonly signal: AbortSignal;
}

/** Most that helm may print, in bytes: `--output json` carries the whole chart. */
const maxOutput = 256 * 1024 * 1024;

/** Longest time that helm gets to end after it was interrupted, in milliseconds. */
const interruptGrace = 2000;

/** Runs the helm program of the PATH and answers what it printed. */
export async function helm({ args, input, signal }: HelmCall): Promise<string> {
    // Imported when first needed: its dependencies cannot be required, as a CommonJS program under tsx does.
    const { execa } = await import("execa");
    const result = await execa("helm", args, {
        input: input ?? "",
        cancelSignal: signal,
        killSignal: "SIGINT",
        forceKillAfterDelay: interruptGrace,
        maxBuffer: maxOutput,
        reject: false,
    });
    if (result.failed) {
        throw new HelmError(reason(result));
    }
    return result.stdout;
}

interface FailedRun {
    readonly code?: string;
    readonly isCanceled: boolean;
    readonly stderr: string;
    readonly shortMessage?: string;
}

function reason({ code, isCanceled, stderr, shortMessage }: FailedRun): string {
    if (code === "ENOENT") {
        return "the program helm was not found on the PATH; install Helm 3";
    }
    if (isCanceled) {
        return "helm was cancelled";
    }
    const lines = stderr
        .trim()
        .split("\n")
        .filter((line) => !/^(WARNING|level=|[IWE]\d{4} )/.test(line));
    return firstGiven(lines.join("\n").replace(/^Error: /, ""), shortMessage);
}

/** A private folder for one call's files (credentials): mode 0700, removed afterwards. */
export async function withPrivateFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
    const folder = await fs.mkdtemp(path.join(os.tmpdir(), "hubspoke-helm-"));
    try {
        return await use(folder);
    } finally {
        await fs.rm(folder, { recursive: true, force: true });
    }
}

/** Flags that lead helm to the cluster of a kubeconfig, which is written into the private folder. */
export async function clusterFlags(folder: string, kubeconfig: string, namespace: string): Promise<string[]> {
    const file = path.join(folder, "kubeconfig");
    await fs.writeFile(file, kubeconfig, { mode: 0o600 });
    return ["--kubeconfig", file, "--namespace", namespace];
}
