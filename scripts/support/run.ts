/** How to run a command to its end. */
export interface RunOptions {
    readonly cwd?: string;
    /** Added to this process's environment. Secrets go here, never into the arguments. */
    readonly env?: Readonly<Record<string, string>>;
    /** After which the command is ended; without it, it may take any time. */
    readonly timeoutMs?: number;
}

/** How a command ended. */
export interface RunResult {
    readonly ok: boolean;
    readonly stdout: string;
    /** Standard output and error, in the order in which they were written. */
    readonly output: string;
    /** Why it failed, in one line; empty where it did not. */
    readonly reason: string;
    /** The command could not be found. */
    readonly notFound: boolean;
}

/**
 * Runs a command to its end; a failure is a result, not an exception. The command is interrupted
 * (SIGINT) when this process ends or the time is up.
 *
 * execa is imported when first needed: it is an ES module whose dependencies cannot be required, as a
 * static import in this CommonJS project would.
 */
export async function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const { execa } = await import("execa");
    const { cwd, env, timeoutMs } = options;
    const result = await execa(file, args, {
        cwd,
        env,
        timeout: timeoutMs,
        stdin: "ignore",
        all: true,
        reject: false,
        killSignal: "SIGINT",
    });
    return {
        ok: !result.failed,
        stdout: result.stdout ?? "",
        output: result.all ?? "",
        reason: result.shortMessage ?? "",
        notFound: result.code === "ENOENT",
    };
}
