import { toItsEnd } from "./interruption";

/** How to run a command to its end. */
export interface RunOptions {
    readonly cwd?: string;
    /** Variables in addition to this process's environment. Secrets belong here, never in the arguments. */
    readonly env?: Readonly<Record<string, string>>;
    /** Limit in milliseconds, after which the command is interrupted; undefined means no limit. */
    readonly timeoutMs?: number;
    /** Limit for its end after that, in milliseconds, after which it is killed; the default is 5 seconds. */
    readonly endMs?: number;
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
    /** Standard output and error, in the order in which they were written; after the limit, the reason as its end. */
    readonly output: string;
    /** Why it failed, in one line; empty if it succeeded. */
    readonly reason: string;
    /** Whether it did not end within its limit. */
    readonly timedOut: boolean;
    /** Whether the command was not found. */
    readonly notFound: boolean;
}

const usualEndMs = 5_000;

/**
 * Limit for the end of an interrupted command that changes something, in milliseconds. `pulumi` completes the steps
 * that run: a drain takes up to 5 minutes (dynamic/emptying.ts), the wait for Argo CD's connection `connectionTimeout`.
 */
export const patientEndMs = 10 * 60_000;

/**
 * Runs a command to its end; a failure is a result, not an exception. The command is interrupted (SIGINT) at the limit,
 * or by the signal. A signal to this process waits for the command's end (see {@link toItsEnd}).
 *
 * The import of execa is dynamic: it is an ES module whose dependencies cannot be loaded with `require`,
 * which a static import in this CommonJS project would do.
 */
export async function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const { execa } = await import("execa");
    const { cwd, env, timeoutMs, endMs = usualEndMs, input, signal, onOutput } = options;
    const result = await toItsEnd(async () => {
        const running = execa(file, args, {
            cwd,
            env,
            timeout: timeoutMs,
            cancelSignal: signal,
            ...(input === undefined ? { stdin: "ignore" } : { input }),
            all: true,
            reject: false,
            cleanup: false,
            killSignal: "SIGINT",
            forceKillAfterDelay: endMs,
        });
        if (onOutput) {
            running.all.on("data", (chunk: Buffer) => onOutput(chunk.toString()));
        }
        return running;
    });
    const { timedOut, isForcefullyTerminated, all = "" } = result;
    const late = `did not end in ${inWords(timeoutMs)}, and was interrupted`;
    const killed = isForcefullyTerminated ? `; it was killed ${inWords(endMs)} later` : "";
    const reason = timedOut ? `${file} ${late}${killed}` : (result.shortMessage ?? "");
    return {
        ok: !result.failed,
        stdout: result.stdout ?? "",
        output: timedOut ? `${all}${all === "" ? "" : "\n"}${reason}` : all,
        reason,
        timedOut,
        notFound: result.code === "ENOENT",
    };
}

function inWords(ms = 0): string {
    return ms % 60_000 === 0 ? `${ms / 60_000} min` : `${ms / 1000} s`;
}
