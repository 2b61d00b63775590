/** Runs a script to its end; of a failure, only the message is shown. */
export function main(work: (args: string[]) => Promise<void>): void {
    work(process.argv.slice(2)).catch((error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
        process.exitCode = 1;
    });
}

/** Prints a line for the user. */
export function say(line: string): void {
    process.stdout.write(`${line}\n`);
}
