import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { execa, ExecaError } from "execa";
import type { KubeConfig } from "@kubernetes/client-node";

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

/** Longest time that helm gets to end after it was interrupted, in milliseconds. */
const interruptGrace = 2000;

/** Runs the helm program of the PATH and answers what it printed. */
export async function helm({ args, input, signal }: HelmCall): Promise<string> {
    try {
        const { stdout } = await execa("helm", args, {
            input: input ?? "",
            cancelSignal: signal,
            killSignal: "SIGINT",
            forceKillAfterDelay: interruptGrace,
            maxBuffer: 256 * 1024 * 1024,
        });
        return stdout;
    } catch (error) {
        throw new HelmError(reason(error));
    }
}

function reason(error: unknown): string {
    if (!(error instanceof ExecaError)) {
        return String(error);
    }
    if (error.code === "ENOENT") {
        return "the program helm was not found on the PATH; install Helm 3";
    }
    if (error.isCanceled) {
        return "helm was cancelled";
    }
    const printed = String(error.stderr).trim();
    const lines = printed.split("\n").filter((line) => !/^(WARNING|level=|[IWE]\d{4} )/.test(line));
    return lines.join("\n").replace(/^Error: /, "") || error.shortMessage;
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
export async function clusterFlags(folder: string, kubeConfig: KubeConfig, namespace: string): Promise<string[]> {
    const file = path.join(folder, "kubeconfig");
    await fs.writeFile(file, kubeConfig.exportConfig(), { mode: 0o600 });
    return ["--kubeconfig", file, "--namespace", namespace];
}
