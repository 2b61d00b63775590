/** How to run a command to its end. */
export interface RunOptions {
    readonly cwd?: string;
    /** Variables in addition to this process's environment. Secrets belong here, never in the arguments. */
    readonly env?: Readonly<Record<string, string>>;
    /** Limit, after which the command is interrupted; undefined means no limit. */
    readonly timeoutMs?: number;
    /** Standard input; by default none. */
    readonly input?: string | undefined;
    /** Interrupts the command when it is aborted. */
    readonly signal?: AbortSignal;
    /** Gets the output, standard and error, as it comes. */
    readonly onOutput?: (text: string) => void;
}

/** The result of a command. */
export interface RunResult {
    readonly ok: boolean;
    readonly stdout: string;
    /** Standard output and error, in the order in which they were written. */
    readonly output: string;
    /** Why it failed, in one line; empty if it succeeded. */
    readonly reason: string;
    /** Whether the command was not found. */
    readonly notFound: boolean;
}

/**
 * Runs a command to its end; a failure is a result, not an exception. The command is interrupted
 * (SIGINT) when this process ends, at the limit, or by the signal.
 *
 * The import of execa is dynamic: it is an ES module whose dependencies cannot be loaded with `require`,
 * which a static import in this CommonJS project would do.
 */
export async function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const { execa } = await import("execa");
    const { cwd, env, timeoutMs, input, signal, onOutput } = options;
    const running = execa(file, args, {
        cwd,
        env,
        timeout: timeoutMs,
        cancelSignal: signal,
        ...(input === undefined ? { stdin: "ignore" } : { input }),
        all: true,
        reject: false,
        killSignal: "SIGINT",
    });
    if (onOutput) {
        running.all.on("data", (chunk: Buffer) => onOutput(chunk.toString()));
    }
    const result = await running;
    return {
        ok: !result.failed,
        stdout: result.stdout ?? "",
        output: result.all ?? "",
        reason: result.shortMessage ?? "",
        notFound: result.code === "ENOENT",
    };
}
