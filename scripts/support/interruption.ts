/** Signals by which a terminal, a person or a supervisor ends this process. */
export const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** If something keeps this process alive after its signal, it ends this late, in milliseconds. */
const lastMs = 1_000;

/** The commands that run now. */
const running = new Set<object>();

/** The signal by which this process ends after its commands. */
let interruptedBy: NodeJS.Signals | undefined;

/**
 * Runs a command to its end, also when a signal ends this process meanwhile: this process then waits for the end of its
 * commands, starts no other, and ends by the signal. A command whose output nobody reads any more ends in the middle.
 *
 * The signal is not passed on: ^C of a terminal, and most supervisors, send it to the command too, and a second one
 * means to `pulumi` that it must not end its work (pulumi, pkg/backend/cancellation_scope.go). If another part of this
 * process handles the signal, that part decides, and this changes nothing.
 *
 * @param start starts the command
 * @returns its result; never returns after such a signal
 */
export async function toItsEnd<T>(start: () => Promise<T>): Promise<T> {
    if (interruptedBy !== undefined) {
        return never();
    }
    const own = {};
    running.add(own);
    if (running.size === 1) {
        // Before a handler that removes itself, so that it is counted.
        signals.forEach((signal) => process.prependListener(signal, remember));
    }
    try {
        return await start();
    } finally {
        running.delete(own);
        if (running.size === 0) {
            signals.forEach((signal) => process.off(signal, remember));
        }
        if (interruptedBy !== undefined) {
            await endWithTheLast(interruptedBy);
        }
    }
}

function remember(signal: NodeJS.Signals): void {
    if (interruptedBy === undefined && !isHandledElsewhere(signal)) {
        interruptedBy = signal;
        process.stderr.write(`${signal}: waiting for the command that runs to end; ^C again interrupts it again\n`);
    }
}

/**
 * Whether another part of this process handles a signal. The package signal-exit does not: it leaves a signal to those
 * who do, and listens in versions 3 and 4, which say how often.
 */
function isHandledElsewhere(signal: NodeJS.Signals): boolean {
    const { __signal_exit_emitter__: third } = process as { __signal_exit_emitter__?: { count: number } };
    const fourth = (globalThis as { [key: symbol]: { count: number } | undefined })[Symbol.for("signal-exit emitter")];
    return process.listenerCount(signal) - 1 > (third?.count ?? 0) + (fourth?.count ?? 0);
}

async function endWithTheLast(signal: NodeJS.Signals): Promise<never> {
    if (running.size === 0) {
        process.kill(process.pid, signal);
        setTimeout(() => process.exit(1), lastMs);
    }
    return never();
}

function never(): Promise<never> {
    return new Promise(() => undefined);
}
